export const texts = () => ({
  title: 'Day list',
})

export type DayListTexts = ReturnType<typeof texts>
