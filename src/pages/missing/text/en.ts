export const texts = () => ({
  title: 'There is no such page',
  what: 'The address may be mistyped, or what was here may have moved.',
  find: 'Find a time',
})

export type MissingTexts = ReturnType<typeof texts>
