export const texts = () => ({
  title: 'Services',
})

export type ServicesTexts = ReturnType<typeof texts>
