/** One thing to change: its fields, what is wrong with them, and that it is done. */
import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { say } from '../shared/announce.jsx'
import type { Refused } from '../shared/api.js'
import { faultOf } from '../shared/faults.js'
import { Refusal } from '../shared/refusal.jsx'
import { common } from '../shared/text.js'
import { Done } from './done.jsx'

interface ChangeFormProps {
  title: string
  button: string
  /** Said when it has been done; without it, whoever sends it goes elsewhere. */
  done?: string | (() => string)
  isDangerous?: boolean
  /** Sends it and says why it was refused. */
  send: (text: (name: string) => string) => Promise<Refused | null>
  children: (fault: (field: string) => string | undefined) => ComponentChildren
}

export function ChangeForm(props: ChangeFormProps) {
  const { title, button, done, isDangerous = false, send, children } = props
  const busy = useSignal(false)
  const isDone = useSignal(false)
  const problem = useSignal<Refused | null>(null)
  const id = useId()

  const fault = (field: string) => faultOf(problem.value, field)

  async function submit(event: SubmitEvent) {
    event.preventDefault()
    if (busy.value) return
    const form = event.currentTarget as HTMLFormElement
    const data = new FormData(form)
    busy.value = true
    isDone.value = false
    problem.value = null
    const refused = await send((name) => String(data.get(name) ?? ''))
    busy.value = false
    problem.value = refused
    if (refused !== null) {
      requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
    } else if (done !== undefined) {
      isDone.value = true
      // Passwords go; what was changed stands as the value that the field has of itself.
      form.reset()
      say(saidOf(done))
    }
  }

  return (
    <form
      class="card form"
      aria-labelledby={id}
      onSubmit={submit}
      onInput={() => {
        isDone.value = false
      }}
    >
      <h2 id={id}>{title}</h2>
      {problem.value !== null && <Refusal problem={problem.value} />}
      {children(fault)}
      <div class="buttons done-beside">
        <button
          type="submit"
          class={isDangerous ? 'button danger' : 'button main'}
          aria-disabled={busy.value}
        >
          {busy.value ? common.value.asking : button}
        </button>
        {isDone.value && done !== undefined && <Done>{saidOf(done)}</Done>}
      </div>
    </form>
  )
}

/** As it is by then. */
function saidOf(done: string | (() => string)): string {
  return typeof done === 'string' ? done : done()
}
