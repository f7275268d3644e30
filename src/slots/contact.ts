/** Texts beside the name that a reservation keeps sealed, and what they are bound to. */

import type { Language } from '../domain/languages.js'

/** What is known of whoever an appointment is for, beside the name; for the owner of the calendar. */
export interface Contact {
  phone?: string
  email?: string
  note?: string
  /** Of a guest, whom mail is sent to: what an account would say of itself. */
  language?: Language
  timeZone?: string
}

export function contactOf(reservationId: string): string {
  return `${reservationId} contact`
}

/** What whoever ended it had to say. */
export function noteOf(reservationId: string): string {
  return `${reservationId} note`
}
