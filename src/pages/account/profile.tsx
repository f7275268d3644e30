/** Name, zone, address and password. */
import { useSignal } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import { languages } from '../../domain/languages.js'
import type { Me } from '../../schemas/accounts.js'
import type { Refused } from '../shared/api.js'
import { EmailField, Field, TextField } from '../shared/field.jsx'
import { Icon } from '../shared/icons.jsx'
import { languageNames } from '../shared/language-picker.jsx'
import { browserZone } from '../shared/locale.js'
import { Refusal } from '../shared/refusal.jsx'
import { sendsMail } from '../shared/server-rules.js'
import { account } from '../shared/session.js'
import { MIN_PASSWORD } from '../shared/sign-in.jsx'
import { filled } from '../shared/text/filled.jsx'
import { common } from '../shared/text.js'
import { todaysName } from '../shared/time.js'
import { ZonePicker } from '../shared/zone-picker.jsx'
import { ChangeForm } from './change-form.jsx'
import { change, checkEmail, me as own } from './state.js'
import { text } from './text.js'

export function Profile({ me }: { me: Me }) {
  const t = text.value.profile
  const timeZone = useSignal(me.timeZone)
  const language = useSignal(me.language)
  const id = useId()
  // It may be changed at the foot of the page as well.
  const current = account.value?.language ?? me.language
  useEffect(() => {
    language.value = current
  }, [current, language])
  useEffect(() => {
    timeZone.value = me.timeZone
  }, [me.timeZone, timeZone])
  return (
    <ChangeForm
      title={t.title}
      button={t.save}
      done={t.saved}
      send={(text) =>
        change({
          name: text('name').trim(),
          // Only where it was chosen: an older name of the same zone is not a change.
          ...(todaysName(me.timeZone) !== timeZone.value && { timeZone: timeZone.value }),
          ...(current !== language.value && { language: language.value }),
        })
      }
    >
      {(fault) => (
        <>
          <TextField
            label={common.value.sign.name}
            fault={fault('name')}
            name="name"
            autocomplete="name"
            maxLength={100}
            required
            defaultValue={me.name}
          />
          <Field id={id} label={t.zone} fault={fault('timeZone')}>
            <ZonePicker
              id={id}
              value={timeZone.value}
              near={{ [browserZone]: common.value.zones.yourDevice }}
              invalid={fault('timeZone') !== undefined}
              onChoose={(zone) => {
                timeZone.value = zone
              }}
            />
            {me.role === 'provider' && <p class="small quiet">{t.zoneOfProvider}</p>}
          </Field>
          <Field id={`${id}l`} label={common.value.language} fault={fault('language')}>
            <select
              class="input"
              id={`${id}l`}
              value={language.value}
              onChange={(event) => {
                language.value = languages.find((one) => one === event.currentTarget.value) ?? current
              }}
            >
              {languages.map((one) => (
                <option key={one} value={one} lang={one}>
                  {languageNames[one]}
                </option>
              ))}
            </select>
            <p class="small quiet">{t.language}</p>
          </Field>
        </>
      )}
    </ChangeForm>
  )
}

export function Address({ me }: { me: Me }) {
  const t = text.value.address
  return (
    <ChangeForm
      title={t.title}
      button={t.button}
      done={() => (own.value?.pendingEmail === undefined ? t.done : t.checkSent)}
      send={(text) => change({ email: text('email').trim(), currentPassword: text('currentPassword') })}
    >
      {(fault) => (
        <>
          <p class="quiet">{filled(t.now, { email: <strong dir="ltr">{me.email}</strong> })}</p>
          {sendsMail.value === true && <Verified isSo={me.emailVerified} />}
          {me.pendingEmail !== undefined && (
            <p class="note" role="status">
              <Icon name="clock" />
              <span>{filled(t.pending, { email: <strong dir="ltr">{me.pendingEmail}</strong> })}</span>
            </p>
          )}
          <EmailField label={t.newAddress} fault={fault('email')} />
          <TextField
            label={text.value.yourPassword}
            fault={fault('currentPassword')}
            name="currentPassword"
            type="password"
            autocomplete="current-password"
            maxLength={200}
            required
          />
        </>
      )}
    </ChangeForm>
  )
}

function Verified({ isSo }: { isSo: boolean }) {
  const t = text.value.address
  const isSent = useSignal(false)
  const isBusy = useSignal(false)
  const problem = useSignal<Refused | null>(null)

  async function check() {
    if (isBusy.value) return
    isBusy.value = true
    problem.value = await checkEmail()
    isBusy.value = false
    isSent.value = problem.value === null
  }

  if (isSo) {
    return (
      <p class="done small">
        <Icon name="check" /> {t.verified}
      </p>
    )
  }
  return (
    <div class="note warn">
      <Icon name="alert" />
      <div>
        <p>{t.notVerified}</p>
        {problem.value !== null && <Refusal problem={problem.value} />}
        <p role="status">{isSent.value && t.checkSent}</p>
        {!isSent.value && (
          <div class="buttons">
            <button type="button" class="button" aria-disabled={isBusy.value} onClick={() => void check()}>
              {isBusy.value ? common.value.asking : t.check}
            </button>
          </div>
        )}
      </div>
    </div>
  )
}

export function PasswordForm({ me }: { me: Me }) {
  const t = text.value.password
  return (
    <ChangeForm
      title={t.title}
      button={t.button}
      done={t.done}
      send={(text) => change({ password: text('password'), currentPassword: text('currentPassword') })}
    >
      {(fault) => (
        <>
          {/* Tells a password manager whose password it is. */}
          <input type="text" autocomplete="username" value={me.email} readOnly hidden />
          <TextField
            label={t.before}
            fault={fault('currentPassword')}
            name="currentPassword"
            type="password"
            autocomplete="current-password"
            maxLength={200}
            required
          />
          <TextField
            label={t.after({ count: MIN_PASSWORD })}
            fault={fault('password')}
            name="password"
            type="password"
            autocomplete="new-password"
            minLength={MIN_PASSWORD}
            maxLength={200}
            required
          />
        </>
      )}
    </ChangeForm>
  )
}
