export const texts = () => ({
  title: 'Public page',
})

export type PublicPageTexts = ReturnType<typeof texts>
