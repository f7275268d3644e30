/** What a link in a mail is for. Each does one thing, and none can be used for another. */
export const linkPurposes = [
  'confirm',
  'cancel',
  'move',
  /** Shows a booking, moves it or cancels it. */
  'manage',
  'accept-offer',
  'decline-offer',
  'leave-wait',
  'password-reset',
  'address-check',
  /** Makes a new address the one of an account. */
  'address-change',
  /** Sent to the address before: takes the change back. */
  'address-undo',
] as const

export type LinkPurpose = (typeof linkPurposes)[number]

/** What a link that sets a password is about: the address that it was sent to, and the password that it replaces. */
export function resetMark({ emailRev, passwordRev }: { emailRev: number; passwordRev: number }): string {
  return `${emailRev}.${passwordRev}`
}
