export const texts = () => ({
  title: 'Your calendar',
})

export type ProviderTexts = ReturnType<typeof texts>
