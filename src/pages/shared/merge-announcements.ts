const SPOKEN = 3

/** Several things that happened, as one utterance a person can follow. The newest word on each is enough. */
export function mergeAnnouncements(sentences: readonly string[], more: (count: number) => string): string {
  const distinct = [...new Set(sentences)]
  const spoken = distinct.slice(-SPOKEN)
  const rest = distinct.length - spoken.length
  return [...spoken, ...(rest > 0 ? [more(rest)] : [])].join(' ')
}
