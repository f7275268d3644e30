/** Taking the data along, and deleting the account. */
import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { Me } from '../../schemas/accounts.js'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { TextField } from '../shared/field.jsx'
import { Icon } from '../shared/icons.jsx'
import { Refusal } from '../shared/refusal.jsx'
import { common } from '../shared/text.js'
import { ChangeForm } from './change-form.jsx'
import { deleteAccount, exported } from './state.js'
import { text } from './text.js'

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
    say(text.value.data.said)
  }

  return (
    <section class="card form" aria-labelledby={id}>
      <h2 id={id}>{text.value.data.title}</h2>
      <p class="quiet">{text.value.data.what}</p>
      {problem.value !== null && <Refusal problem={problem.value} />}
      <div class="buttons">
        <button type="button" class="button" aria-disabled={isBusy.value} onClick={() => void download()}>
          {isBusy.value ? common.value.asking : text.value.data.download}
        </button>
      </div>
    </section>
  )
}

export function Deletion({ me }: { me: Me }) {
  const cancels = useSignal(false)
  const isBooked = useSignal(false)
  const isProvider = me.role === 'provider'
  const t = text.value.leave

  async function send(text: (name: string) => string): Promise<Refused | null> {
    const refused = await deleteAccount(text('password'), cancels.value)
    isBooked.value = refused?.code === 'slot_confirmed'
    // Said below, with what can be done.
    return isBooked.value ? null : refused
  }

  return (
    <details class="leave disclosure">
      <summary>{t.title}</summary>
      <ChangeForm title={t.title} button={t.button} isDangerous send={send}>
        {(fault) => (
          <>
            <p>
              {isProvider ? t.providerLoses : t.clientLoses} {t.everywhere} <strong>{t.final}</strong>
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
                {t.cancelAhead}
              </label>
            )}
            {isBooked.value && (
              <div class="note warn" role="alert" data-code="slot_confirmed">
                <Icon name="alert" />
                <p>
                  <strong>{t.ahead}</strong> {t.aheadNext}
                </p>
              </div>
            )}
            <TextField
              label={text.value.yourPassword}
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
