export const texts = () => ({
  title: 'Find a time',
})

export type FindTexts = ReturnType<typeof texts>
