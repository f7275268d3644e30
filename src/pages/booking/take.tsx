/** What follows the press of a time: it is held, after signing in where that is needed, or chosen to move to. */
import type { OwnSlot } from '../../schemas/common.js'
import { Icon } from '../shared/icons.jsx'
import { words, zone } from '../shared/locale.js'
import { sendsMail } from '../shared/server-rules.js'
import { account } from '../shared/session.js'
import { askToSignIn } from '../shared/sign-in.jsx'
import type { Face } from '../shared/slot-face.js'
import { filled } from '../shared/text/filled.jsx'
import { GuestForm } from './guest.jsx'
import { calendar, faceNow, front, moving, service, take, target } from './state.js'
import { text } from './text.js'

export function press(slot: OwnSlot, face: Face): void {
  if (!face.pressable) return
  if (face.own !== null) {
    front.value = face.own.id
    const { id } = face.own
    requestAnimationFrame(() => {
      const card = document.querySelector<HTMLElement>(`[data-reservation="${id}"]`)
      const place = card?.querySelector<HTMLElement>('h3') ?? card?.closest('section')?.querySelector('a')
      place?.focus()
    })
    return
  }
  if (moving.value !== null) {
    chooseTarget(slot)
    return
  }
  if (account.value !== null) {
    void takeAndShow(slot)
    return
  }
  const as = service.value?.id
  askToSignIn({
    title: text.value.hold.title({ time: words.value.time(Date.parse(slot.start), zone.value) }),
    why: (asGuest) => <Chosen id={slot.id} asGuest={asGuest} />,
    done: () => void takeAndShow(slot, as),
    otherwise: sendsMail.value === true && {
      label: text.value.guest.title,
      draw: (close) => (
        <GuestForm
          slot={slot}
          serviceId={as}
          onDone={() => {
            close()
            calendar.refresh()
            goToCard()
          }}
        />
      ),
    },
  })
}

export function chooseTarget(slot: { id: string; start: string }): void {
  target.value = slot
  front.value = 'move'
  goToCard()
}

export async function takeAndShow(slot: { id: string; start: string }, as?: string): Promise<void> {
  await take(slot, as)
  goToCard()
}

/** The card (or the kind word) is drawn by then; that is where the reader goes on. */
export function goToCard(): void {
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>('.panel [data-first] :is(h3, h3 button)')?.focus(),
  )
}

/** Above the sign-in form: the chosen time, and the truth about it while the form is being filled. */
function Chosen({ id, asGuest }: { id: string; asGuest: boolean }) {
  const slot = calendar.seen.value.slots.get(id)
  const face = slot === undefined ? null : faceNow(slot)
  const time = slot === undefined ? null : words.value.moment(Date.parse(slot.start), zone.value, 'long')
  const t = text.value.hold
  const lost = face === null || face.state !== 'open'
  return (
    <p class={lost ? 'note warn' : 'note'} role="status">
      <Icon name={lost ? 'alert' : 'calendar'} />
      <span>
        {time === null
          ? t.chosenGone
          : lost
            ? filled(t.chosenTaken, { time: <strong>{time}</strong> })
            : asGuest
              ? filled(text.value.guest.free, { time: <strong>{time}</strong> })
              : filled(t.chosenFree, {
                  time: <strong>{time}</strong>,
                  span: words.value.duration(calendar.rules.value.holdSeconds * 1000),
                })}
      </span>
    </p>
  )
}
