export const texts = () => ({
  title: 'Book a time',
})

export type BookingTexts = ReturnType<typeof texts>
