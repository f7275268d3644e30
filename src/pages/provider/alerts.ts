/** A sound and a number in the title for new bookings: both off until the provider turns them on. */

import { effect, signal } from '@preact/signals'
import type { SlotEventName } from '../../domain/event-names.js'

export const badge = signal(localStorage.getItem('slotcast.badge') === 'on')
export const sound = signal(localStorage.getItem('slotcast.sound') === 'on')

effect(() => localStorage.setItem('slotcast.badge', badge.value ? 'on' : 'off'))
effect(() => localStorage.setItem('slotcast.sound', sound.value ? 'on' : 'off'))

/** Bookings that came while the page was not seen. */
export const unseen = signal(0)

export function notify(name: SlotEventName): void {
  if (name !== 'slot-confirmed') return
  if (badge.value && document.visibilityState === 'hidden') {
    unseen.value += 1
  }
  if (sound.value) chime()
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') unseen.value = 0
})

/** Two soft notes, made here: no file to fetch. */
export function chime(): void {
  const audio = new AudioContext()
  const volume = audio.createGain()
  volume.connect(audio.destination)
  volume.gain.setValueAtTime(0.08, audio.currentTime)
  volume.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.7)
  for (const [index, pitch] of [587, 880].entries()) {
    const note = audio.createOscillator()
    note.frequency.value = pitch
    note.connect(volume)
    note.start(audio.currentTime + index * 0.14)
    note.stop(audio.currentTime + 0.7)
  }
  setTimeout(() => void audio.close(), 1000)
}
