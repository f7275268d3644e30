/** Taking the data along, and deleting the account. */
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { Me } from '../../schemas/accounts.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { TextField } from '../shared/field.jsx'
import { Icon } from '../shared/icons.jsx'
import { Refusal } from '../shared/refusal.jsx'
import { ChangeForm } from './change-form.jsx'
import { deleteAccount, exported } from './state.js'

export function Export() {
  const problem = useSignal<Refused | null>(null)
  const isBusy = useSignal(false)
  const id = useId()

  async function download() {
    if (isBusy.value) return
    isBusy.value = true
    problem.value = null
    const answer = await exported()
    isBusy.value = false
    if (!answer.ok) {
      problem.value = answer.problem
      return
    }
    const file = new Blob([JSON.stringify(answer.data, null, 2)], { type: 'application/json' })
    const link = document.createElement('a')
    link.href = URL.createObjectURL(file)
    link.download = 'slotcast-export.json'
    link.click()
    URL.revokeObjectURL(link.href)
    say('Your data is downloaded.')
  }

  return (
    <section class="card form" aria-labelledby={id}>
      <h2 id={id}>Your data</h2>
      <p class="quiet">Everything the server holds about you, in one file (JSON).</p>
      {problem.value !== null && <Refusal problem={problem.value} />}
      <div class="buttons">
        <button type="button" class="button" aria-disabled={isBusy.value} onClick={() => void download()}>
          {isBusy.value ? 'Asking …' : 'Download your data'}
        </button>
      </div>
    </section>
  )
}

export function Deletion({ me }: { me: Me }) {
  const cancels = useSignal(false)
  const isBooked = useSignal(false)
  const isProvider = me.role === 'provider'

  async function send(text: (name: string) => string): Promise<Refused | null> {
    const refused = await deleteAccount(text('password'), cancels.value)
    isBooked.value = refused?.code === 'slot_confirmed'
    // Said below, with what can be done.
    return isBooked.value ? null : refused
  }

  return (
    <details class="leave disclosure">
      <summary>Delete this account</summary>
      <ChangeForm title="Delete this account" button="Delete account for good" isDangerous send={send}>
        {(fault) => (
          <>
            <p>
              {isProvider
                ? 'Your calendar, its open times and your services go, holds end, and nobody can book with you any more.'
                : 'What you hold is given back, what you have booked ahead is cancelled, and your name goes from what is past.'}{' '}
              You are signed out everywhere. <strong>This cannot be undone.</strong>
            </p>
            {isProvider && (
              <label class="check">
                <input
                  type="checkbox"
                  checked={cancels.value}
                  onChange={(event) => {
                    cancels.value = event.currentTarget.checked
                    isBooked.value = false
                  }}
                />
                Cancel the bookings that lie ahead
              </label>
            )}
            {isBooked.value && (
              <div class="note warn" role="alert" data-code="slot_confirmed">
                <Icon name="alert" />
                <p>
                  <strong>Bookings lie ahead.</strong> Nothing was deleted. Let them pass, or cancel them with
                  the box above.
                </p>
              </div>
            )}
            <TextField
              label="Your password"
              fault={fault('password')}
              name="password"
              type="password"
              autocomplete="current-password"
              maxLength={200}
              required
            />
          </>
        )}
      </ChangeForm>
    </details>
  )
}
