export const texts = () => ({
  title: 'Hours',
})

export type HoursTexts = ReturnType<typeof texts>
