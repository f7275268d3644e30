export const texts = () => ({
  title: 'My bookings',
})

export type MyTexts = ReturnType<typeof texts>
