const SPOKEN = 3

/** Several things that happened, as one utterance a person can follow. The newest word on each is enough. */
export function mergeAnnouncements(sentences: readonly string[]): string {
  const distinct = [...new Set(sentences)]
  const spoken = distinct.slice(-SPOKEN)
  const rest = distinct.length - spoken.length
  return rest === 0
    ? spoken.join(' ')
    : `${spoken.join(' ')} And ${rest} more ${rest === 1 ? 'change' : 'changes'}.`
}
