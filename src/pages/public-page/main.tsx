import './public-page.css'
import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { Account, Provider } from '../../schemas/accounts.js'
import { CopyLink } from '../shared/copy-link.jsx'
import { Face, lineOf, Mark } from '../shared/face.jsx'
import { faultOf } from '../shared/faults.js'
import { Icon } from '../shared/icons.jsx'
import { words } from '../shared/locale.js'
import { ProviderFrame } from '../shared/provider-frame.jsx'
import { Refusal } from '../shared/refusal.jsx'
import { showPage } from '../shared/show-page.jsx'
import { common } from '../shared/text.js'
import { asLink, type Field, ProfileEditor } from './profile-editor.js'
import { text } from './text.js'

interface FieldKind {
  most: number
  rows?: number
  type?: 'tel'
  autocomplete?: string
}

const kinds: Record<Exclude<Field, 'link'>, FieldKind> = {
  title: { most: 80, autocomplete: 'organization-title' },
  place: { most: 80, autocomplete: 'address-level2' },
  address: { most: 300, rows: 3, autocomplete: 'street-address' },
  phone: { most: 40, type: 'tel', autocomplete: 'tel' },
  text: { most: 2000, rows: 6 },
}
const order = ['title', 'place', 'address', 'phone', 'text'] as const

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
        <h1>{text.value.heading}</h1>
        <p class="quiet">{text.value.intro}</p>
      </div>
      {draft === null || saved === null ? (
        editor.problem.value === null ? (
          <div class="bone face-bone" aria-hidden="true" />
        ) : (
          <Refusal problem={editor.problem.value}>
            <div class="buttons">
              <button type="button" class="button" onClick={() => void editor.load()}>
                {common.value.tryAgain}
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
        <h2 id="picture-title">{text.value.picture.title}</h2>
        <p class="quiet small">{text.value.picture.hint}</p>
        <div class="buttons">
          <button
            type="button"
            class="button"
            aria-disabled={isBusy}
            onClick={() => {
              if (!isBusy) input.current?.click()
            }}
          >
            {isBusy
              ? text.value.picture.working
              : picture === undefined
                ? text.value.picture.choose
                : text.value.picture.another}
          </button>
          {picture !== undefined && (
            <button type="button" class="button plain" aria-disabled={isBusy} onClick={remove}>
              {text.value.picture.remove}
            </button>
          )}
        </div>
        <input
          ref={input}
          type="file"
          accept="image/*"
          hidden
          aria-label={text.value.picture.title}
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
    field === 'link' && problem?.code === 'link_taken' ? text.value.link.taken : faultOf(problem, field)

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
          {isSaving ? text.value.saving : text.value.save}
        </button>
        <p class="quiet small">
          {changed.length > 0
            ? text.value.notSaved
            : editor.justSaved.value
              ? text.value.saved
              : text.value.allSaved}
        </p>
      </div>
    </form>
  )
}

function hintOf(field: Field): string | undefined {
  const { hints } = text.value
  return field in hints ? hints[field as keyof typeof hints] : undefined
}

interface TextFieldProps {
  field: Exclude<Field, 'link'>
  value: string
  fault: string | undefined
  onWrite: (value: string) => void
}

function TextField({ field, value, fault, onWrite }: TextFieldProps) {
  const { most, rows, type = 'text', autocomplete = 'off' } = kinds[field]
  const hint = hintOf(field)
  const described = [hint && `${field}-hint`, fault && `${field}-fault`].filter(Boolean).join(' ')
  const common = {
    class: 'input',
    id: field,
    name: field,
    maxLength: most,
    value,
    autocomplete,
    // A telephone number goes from left to right in every language.
    dir: type === 'tel' ? ('ltr' as const) : ('auto' as const),
    'aria-invalid': fault !== undefined,
    ...(described !== '' && { 'aria-describedby': described }),
    onInput: (event: { currentTarget: { value: string } }) => onWrite(event.currentTarget.value),
  }
  return (
    <div class="field">
      <label for={field}>{text.value.fields[field]}</label>
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
      <label for="link">{text.value.link.title}</label>
      <div class="face-link">
        <div class="face-address" dir="ltr">
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
        </div>
        <CopyLink address={address} title={text.value.link.copy} label={text.value.link.title} />
        <a class="button plain" href={address}>
          {text.value.link.open}
        </a>
      </div>
      <p class="quiet small" id="link-hint">
        {text.value.link.letters}{' '}
        {formerLinks.length > 0
          ? text.value.link.former({ links: formerLinks.join(', ') })
          : text.value.link.goesOn}
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
          <strong>{text.value.clash.title}</strong>{' '}
          {clashes.length === 0
            ? text.value.clash.merged
            : text.value.clash.both({
                fields: words.value.list(clashes.map((one) => text.value.fields[one])),
              })}
        </p>
        <div class="buttons">
          <button type="submit" class="button">
            {text.value.clash.again}
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
              {text.value.clash.take}
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
      <h2 id="preview-title">{text.value.preview.title}</h2>
      <p class="quiet small">{text.value.preview.head}</p>
      <div class="card">
        <Face provider={provider} heading="p" />
      </div>
      <p class="quiet small">{text.value.preview.list}</p>
      <div class="card face-card">
        <Mark {...provider} />
        <span>
          <strong>
            <bdi>{provider.name}</bdi>
          </strong>
          <span class="quiet small">
            <bdi>{lineOf(provider)}</bdi>
          </span>
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
