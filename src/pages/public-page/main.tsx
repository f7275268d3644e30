import { CopyLink } from '../shared/copy-link.jsx'
import { faultOf } from '../shared/faults.js'
import './public-page.css'
import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Account, Provider } from '../../schemas/accounts.js'
import { Face, lineOf, Mark } from '../shared/face.jsx'
import { Icon } from '../shared/icons.jsx'
import { ProviderFrame } from '../shared/provider-frame.jsx'
import { Refusal } from '../shared/refusal.jsx'
import { showPage } from '../shared/show-page.jsx'
import { asLink, type Field, ProfileEditor } from './profile-editor.js'
import { text } from './text.js'

interface FieldText {
  label: string
  hint?: string
  most: number
  rows?: number
  type?: 'tel'
  autocomplete?: string
}

const texts: Record<Exclude<Field, 'link'>, FieldText> = {
  title: {
    label: 'What you do',
    hint: 'For example: Paediatrician',
    most: 80,
    autocomplete: 'organization-title',
  },
  place: {
    label: 'Place',
    hint: 'Shown instead of the city of your time zone',
    most: 80,
    autocomplete: 'address-level2',
  },
  address: { label: 'Address', most: 300, rows: 3, autocomplete: 'street-address' },
  phone: { label: 'Telephone', most: 40, type: 'tel', autocomplete: 'tel' },
  text: {
    label: 'About you',
    hint: 'Languages, how to find you, what to bring',
    most: 2000,
    rows: 6,
  },
}
const order = ['title', 'place', 'address', 'phone', 'text'] as const
const labels = (field: Field) => (field === 'link' ? 'Link' : texts[field].label)

function Page() {
  return <ProviderFrame page="public page">{(account) => <Editor account={account} />}</ProviderFrame>
}

function Editor({ account }: { account: Account }) {
  const editor = useMemo(() => new ProfileEditor(account.id), [account.id])
  useEffect(() => void editor.load(), [editor])
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (editor.changed.value.length > 0) event.preventDefault()
    }
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [editor])
  const [draft, saved] = [editor.draft.value, editor.saved.value]
  return (
    <>
      <div class="face-head">
        <h1>Your public page</h1>
        <p class="quiet">Everything here is shown to anybody who opens your page or finds you by name.</p>
      </div>
      {draft === null || saved === null ? (
        editor.problem.value === null ? (
          <div class="bone face-bone" aria-hidden="true" />
        ) : (
          <Refusal problem={editor.problem.value}>
            <div class="buttons">
              <button type="button" class="button" onClick={() => void editor.load()}>
                Try again
              </button>
            </div>
          </Refusal>
        )
      ) : (
        <div class="face-desk">
          <div class="face-form">
            <Picture editor={editor} name={account.name} />
            <Form editor={editor} />
          </div>
          <Preview
            provider={{
              ...account,
              ...given(draft),
              ...(saved.picture !== undefined && { picture: saved.picture }),
            }}
          />
        </div>
      )}
    </>
  )
}

function Picture({ editor, name }: { editor: ProfileEditor; name: string }) {
  const over = useSignal(false)
  const input = useRef<HTMLInputElement>(null)
  const picture = editor.saved.value?.picture
  const isBusy = editor.busy.value === 'picture'
  const take = (file: File | undefined) => {
    if (file !== undefined) void editor.setPicture(file)
  }
  return (
    <section
      class="card face-picture"
      aria-labelledby="picture-title"
      data-over={over.value}
      onDragOver={(event) => {
        event.preventDefault()
        over.value = true
      }}
      onDragLeave={() => {
        over.value = false
      }}
      onDrop={(event) => {
        event.preventDefault()
        over.value = false
        take(event.dataTransfer?.files[0])
      }}
    >
      <Mark name={name} {...(picture !== undefined && { picture })} />
      <div class="face-choose">
        <h2 id="picture-title">Picture</h2>
        <p class="quiet small">Choose a file or drop it here. It is made smaller, and shown at once.</p>
        <div class="buttons">
          <button
            type="button"
            class="button"
            aria-disabled={isBusy}
            onClick={() => {
              if (!isBusy) input.current?.click()
            }}
          >
            {isBusy ? 'Working …' : picture === undefined ? 'Choose a picture' : 'Choose another'}
          </button>
          {picture !== undefined && (
            <button type="button" class="button plain" aria-disabled={isBusy} onClick={remove}>
              Remove it
            </button>
          )}
        </div>
        <input
          ref={input}
          type="file"
          accept="image/*"
          hidden
          aria-label="Picture"
          onChange={(event) => {
            take(event.currentTarget.files?.[0])
            // The same file again is a choice too.
            event.currentTarget.value = ''
          }}
        />
        {editor.pictureProblem.value !== null && <Refusal problem={editor.pictureProblem.value} />}
      </div>
    </section>
  )

  async function remove() {
    await editor.removePicture()
    // Its button goes with the picture.
    document.querySelector<HTMLElement>('.face-choose .button')?.focus()
  }
}

function Form({ editor }: { editor: ProfileEditor }) {
  const form = useRef<HTMLFormElement>(null)
  const [problem, changed, draft] = [editor.problem.value, editor.changed.value, editor.draft.value]
  const isSaving = editor.busy.value === 'save'
  if (draft === null) return null
  const fault = (field: Field) =>
    field === 'link' && problem?.code === 'link_taken'
      ? 'Somebody else has this link, or it is kept free. Choose another one.'
      : faultOf(problem, field)

  async function submit(event: SubmitEvent) {
    event.preventDefault()
    if (await editor.save()) return
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  }

  return (
    <form ref={form} class="card form" onSubmit={submit}>
      <LinkField editor={editor} fault={fault('link')} />
      {order.map((field) => (
        <TextField
          key={field}
          field={field}
          value={draft[field]}
          fault={fault(field)}
          onWrite={(value) => editor.write(field, value)}
        />
      ))}
      {problem?.code === 'precondition_failed' ? (
        <Clash editor={editor} />
      ) : (
        problem !== null && problem.code !== 'link_taken' && <Refusal problem={problem} />
      )}
      <div class="face-save">
        <button type="submit" class="button main" aria-disabled={isSaving || changed.length === 0}>
          {isSaving ? 'Saving …' : 'Save'}
        </button>
        <p class="quiet small">
          {changed.length > 0
            ? 'Not saved yet'
            : editor.justSaved.value
              ? 'Saved. Your page shows it now.'
              : 'All is saved'}
        </p>
      </div>
    </form>
  )
}

interface TextFieldProps {
  field: Exclude<Field, 'link'>
  value: string
  fault: string | undefined
  onWrite: (value: string) => void
}

function TextField({ field, value, fault, onWrite }: TextFieldProps) {
  const { label, hint, most, rows, type = 'text', autocomplete = 'off' } = texts[field]
  const described = [hint && `${field}-hint`, fault && `${field}-fault`].filter(Boolean).join(' ')
  const common = {
    class: 'input',
    id: field,
    name: field,
    maxLength: most,
    value,
    autocomplete,
    'aria-invalid': fault !== undefined,
    ...(described !== '' && { 'aria-describedby': described }),
    onInput: (event: { currentTarget: { value: string } }) => onWrite(event.currentTarget.value),
  }
  return (
    <div class="field">
      <label for={field}>{label}</label>
      {rows === undefined ? <input {...common} type={type} /> : <textarea {...common} rows={rows} />}
      {hint !== undefined && (
        <p class="quiet small" id={`${field}-hint`}>
          {hint}
        </p>
      )}
      {fault !== undefined && (
        <p class="fault" id={`${field}-fault`}>
          {fault}
        </p>
      )}
    </div>
  )
}

function LinkField({ editor, fault }: { editor: ProfileEditor; fault: string | undefined }) {
  const { link, formerLinks = [] } = editor.saved.value ?? {}
  const address = `${location.origin}/book/${link}`
  return (
    <div class="field">
      <label for="link">Link to your page</label>
      <div class="face-link">
        <span class="quiet">{location.host}/book/</span>
        <input
          class="input"
          id="link"
          name="link"
          maxLength={40}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          value={editor.draft.value?.link ?? ''}
          aria-invalid={fault !== undefined}
          aria-describedby={fault === undefined ? 'link-hint' : 'link-hint link-fault'}
          onInput={(event) => editor.write('link', event.currentTarget.value)}
          onBlur={(event) => editor.write('link', asLink(event.currentTarget.value) || (link ?? ''))}
        />
        <CopyLink address={address} title="Copy" label="Link to your page" />
        <a class="button plain" href={address}>
          Open
        </a>
      </div>
      <p class="quiet small" id="link-hint">
        Letters a to z, digits and hyphens.{' '}
        {formerLinks.length > 0
          ? `Earlier links go on working: ${formerLinks.join(', ')}.`
          : 'When you change it, the old link goes on working.'}
      </p>
      {fault !== undefined && (
        <p class="fault" id="link-fault">
          {fault}
        </p>
      )}
    </div>
  )
}

/** Changed elsewhere since it was read here. */
function Clash({ editor }: { editor: ProfileEditor }) {
  const clashes = editor.clashes.value
  return (
    <div class="note warn" role="alert" data-code="precondition_failed">
      <Icon name="alert" />
      <div>
        <p>
          <strong>Your page was changed somewhere else in the meantime.</strong>{' '}
          {clashes.length === 0
            ? 'The other changes are shown here now, and what you wrote is kept. Save once more.'
            : `What you wrote is kept. Also changed there: ${clashes.map(labels).join(', ')}. Save once more to replace it, or take what was saved there.`}
        </p>
        <div class="buttons">
          <button type="submit" class="button">
            Save once more
          </button>
          {clashes.length > 0 && (
            <button
              type="button"
              class="button plain"
              onClick={() => {
                editor.takeTheirs()
                editor.problem.value = null
                document.getElementById('link')?.focus()
              }}
            >
              Take what was saved there
            </button>
          )}
        </div>
      </div>
    </div>
  )
}

function Preview({ provider }: { provider: Provider }) {
  return (
    <section class="face-preview" aria-labelledby="preview-title">
      <h2 id="preview-title">As clients see it</h2>
      <p class="quiet small">At the head of your page</p>
      <div class="card">
        <Face provider={provider} heading="p" />
      </div>
      <p class="quiet small">In the list of providers</p>
      <div class="card face-card">
        <Mark {...provider} />
        <span>
          <strong>{provider.name}</strong>
          <span class="quiet small">{lineOf(provider)}</span>
        </span>
      </div>
    </section>
  )
}

/** What of a draft is shown. */
function given(draft: Record<Field, string>): Partial<Provider> {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value.trim() !== ''))
}

showPage({ page: Page, text })
