/** Signing up and in: the form, and the dialog that asks for it on the way to something else. */
import { signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import type { Role } from '../../schemas/common.js'
import { ask, type Refused } from './api.js'
import { faultOf } from './faults.js'
import { EmailField, Field, NameField, TextField } from './field.jsx'
import { Icon } from './icons.jsx'
import { language } from './language.js'
import { browserZone } from './locale.js'
import { Refusal } from './refusal.jsx'
import { sendsMail, serverRules } from './server-rules.js'
import { signIn, signUp } from './session.js'
import { common } from './text.js'
import { ZonePicker } from './zone-picker.jsx'

/** As the server wants it. */
export const MIN_PASSWORD = 8

interface Request {
  title?: string
  why?: (isOtherwise: boolean) => ComponentChildren
  done?: () => void
  /** Another way than signing in. */
  otherwise?: false | { label: string; draw: (close: () => void) => ComponentChildren }
}

const request = signal<Request | null>(null)

export function askToSignIn(asked: Request): void {
  request.value = asked
}

function close(): void {
  request.value = null
}

export function SignInDialog() {
  const dialog = useRef<HTMLDialogElement>(null)
  const asked = request.value
  const titleId = useId()
  const isOther = useSignal(false)
  useEffect(() => {
    isOther.value = false
    if (asked === null) dialog.current?.close()
    else {
      dialog.current?.showModal()
      // By itself it would be the first button, which closes it.
      dialog.current?.querySelector('input')?.focus()
    }
  }, [asked, isOther])
  useEffect(() => {
    // A press beside the dialog leaves it, as Escape does. Text that is marked from inside to beyond the edge also ends
    // in a click there, so the press must have begun there too.
    let began = false
    const down = (event: PointerEvent) => {
      began = event.target === dialog.current
    }
    const beside = (event: MouseEvent) => {
      if (began && event.target === dialog.current) close()
    }
    addEventListener('pointerdown', down)
    addEventListener('click', beside)
    return () => {
      removeEventListener('pointerdown', down)
      removeEventListener('click', beside)
    }
  }, [])
  return (
    <dialog ref={dialog} aria-labelledby={titleId} onClose={close}>
      {asked !== null && (
        <div class="dialog-in">
          <div class="dialog-head">
            <h2 id={titleId}>{asked.title ?? common.value.signIn}</h2>
            <button type="button" class="icon-button" aria-label={common.value.close} onClick={close}>
              <Icon name="close" />
            </button>
          </div>
          {asked.why?.(isOther.value)}
          {isOther.value && asked.otherwise ? (
            asked.otherwise.draw(close)
          ) : (
            <SignInForm
              forRole="client"
              known={asked.title === undefined}
              onDone={() => {
                close()
                asked.done?.()
              }}
            />
          )}
          {asked.otherwise && (
            <button
              type="button"
              class="button plain wide"
              onClick={() => {
                isOther.value = !isOther.value
                requestAnimationFrame(() => dialog.current?.querySelector('input')?.focus())
              }}
            >
              {isOther.value ? common.value.sign.back : asked.otherwise.label}
            </button>
          )}
        </div>
      )}
    </dialog>
  )
}

export function SignInForm({
  forRole: role,
  known,
  onDone,
}: {
  forRole: Role
  known: boolean
  onDone: () => void
}) {
  const isNew = useSignal(!known)
  const problem = useSignal<Refused | null>(null)
  const asking = useSignal(false)
  const isSent = useSignal(false)
  const timeZone = useSignal(browserZone)
  const id = useId()
  const fault = (field: string) => faultOf(problem.value, field)
  useEffect(() => void serverRules(), [])
  const text = common.value.sign

  async function submit(event: SubmitEvent) {
    event.preventDefault()
    if (asking.value) return
    const form = new FormData(event.currentTarget as HTMLFormElement)
    const filledIn = (name: string) => String(form.get(name) ?? '')
    asking.value = true
    problem.value = null
    const answer = isNew.value
      ? await signUp({
          role,
          name: filledIn('name').trim(),
          email: filledIn('email').trim(),
          password: filledIn('password'),
          timeZone: timeZone.value,
          language: language.value,
        })
      : await signIn(filledIn('email').trim(), filledIn('password'))
    asking.value = false
    if (answer.ok) return onDone()
    problem.value = answer.problem
    if (answer.problem.code === 'email_taken') isNew.value = false
  }

  return (
    <form class="form" onSubmit={submit}>
      <div class="switch">
        <button type="button" aria-pressed={isNew.value} onClick={() => choose(true)}>
          {text.isNew}
        </button>
        <button type="button" aria-pressed={!isNew.value} onClick={() => choose(false)}>
          {text.isKnown}
        </button>
      </div>
      {problem.value !== null && (
        // Not signed in means something else here than on a page whose session has ended.
        <Refusal
          problem={problem.value}
          sentence={problem.value.code === 'unauthenticated' ? 'wrong_password' : undefined}
        />
      )}
      {isNew.value && <NameField label={text.name} fault={fault('name')} />}
      <EmailField label={text.email} fault={fault('email')} />
      <TextField
        label={isNew.value ? text.newPassword({ count: MIN_PASSWORD }) : text.password}
        fault={fault('password')}
        name="password"
        type="password"
        autocomplete={isNew.value ? 'new-password' : 'current-password'}
        minLength={isNew.value ? MIN_PASSWORD : 1}
        maxLength={200}
        required
      />
      {isNew.value && role === 'provider' && (
        <Field id={`${id}z`} label={text.zone} fault={fault('timeZone')}>
          <ZonePicker
            id={`${id}z`}
            value={timeZone.value}
            near={{ [browserZone]: common.value.zones.yourDevice }}
            invalid={fault('timeZone') !== undefined}
            onChoose={(zone) => {
              timeZone.value = zone
            }}
          />
        </Field>
      )}
      {isSent.value && (
        <p class="note" role="status">
          {text.linkSent}
        </p>
      )}
      <button type="submit" class="button main wide" aria-disabled={asking.value}>
        {asking.value ? common.value.asking : isNew.value ? text.create : common.value.signIn}
      </button>
      {!isNew.value && sendsMail.value === true && (
        <button type="button" class="button plain wide" onClick={(event) => void sendLink(event)}>
          {text.forgotten} {text.sendLink}
        </button>
      )}
    </form>
  )

  async function sendLink({ currentTarget }: { currentTarget: HTMLButtonElement }) {
    const email = currentTarget.form?.elements.namedItem('email')
    if (!(email instanceof HTMLInputElement) || !email.reportValidity() || asking.value) return
    asking.value = true
    isSent.value = false
    const body = { email: email.value.trim() }
    const answer = await ask('/v1/password/forgotten', { method: 'POST', body })
    asking.value = false
    problem.value = answer.ok ? null : answer.problem
    isSent.value = answer.ok
  }

  function choose(next: boolean) {
    isNew.value = next
    problem.value = null
  }
}
