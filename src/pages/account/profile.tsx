/** Name, zone, address and password. */
import { useSignal } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import type { Me } from '../../schemas/accounts.js'
import { Field, TextField } from '../shared/field.jsx'
import { browserZone } from '../shared/locale.js'
import { todaysName } from '../shared/time.js'
import { ZonePicker } from '../shared/zone-picker.jsx'
import { ChangeForm } from './change-form.jsx'
import { change } from './state.js'

export function Profile({ me }: { me: Me }) {
  const timeZone = useSignal(me.timeZone)
  const id = useId()
  useEffect(() => {
    timeZone.value = me.timeZone
  }, [me.timeZone, timeZone])
  return (
    <ChangeForm
      title="Name and time zone"
      button="Save"
      done="Saved."
      send={(text) =>
        change({
          name: text('name').trim(),
          // Only where it was chosen: an older name of the same zone is not a change.
          ...(todaysName(me.timeZone) !== timeZone.value && { timeZone: timeZone.value }),
        })
      }
    >
      {(fault) => (
        <>
          <TextField
            label="Your name"
            fault={fault('name')}
            name="name"
            autocomplete="name"
            maxLength={100}
            required
            defaultValue={me.name}
          />
          <Field id={id} label="Time zone" fault={fault('timeZone')}>
            <ZonePicker
              id={id}
              value={timeZone.value}
              near={{ [browserZone]: 'your device' }}
              invalid={fault('timeZone') !== undefined}
              onChoose={(zone) => {
                timeZone.value = zone
              }}
            />
            {me.role === 'provider' && (
              <p class="small quiet">
                Your calendar is shown in it. What is booked already stays at the moment that was agreed.
              </p>
            )}
          </Field>
        </>
      )}
    </ChangeForm>
  )
}

export function Address({ me }: { me: Me }) {
  return (
    <ChangeForm
      title="E-mail address"
      button="Change address"
      done="Your address is changed. Sign in with it from now on."
      send={(text) => change({ email: text('email').trim(), currentPassword: text('currentPassword') })}
    >
      {(fault) => (
        <>
          <p class="quiet">
            You sign in with <strong>{me.email}</strong>.
          </p>
          <TextField
            label="New address"
            fault={fault('email')}
            name="email"
            type="email"
            autocomplete="email"
            maxLength={254}
            required
          />
          <TextField
            label="Your password"
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

export function PasswordForm({ me }: { me: Me }) {
  return (
    <ChangeForm
      title="Password"
      button="Change password"
      done="Your password is changed, and you are signed out everywhere else."
      send={(text) => change({ password: text('password'), currentPassword: text('currentPassword') })}
    >
      {(fault) => (
        <>
          {/* Tells a password manager whose password it is. */}
          <input type="text" autocomplete="username" value={me.email} readOnly hidden />
          <TextField
            label="Password until now"
            fault={fault('currentPassword')}
            name="currentPassword"
            type="password"
            autocomplete="current-password"
            maxLength={200}
            required
          />
          <TextField
            label="New password, 8 characters or more"
            fault={fault('password')}
            name="password"
            type="password"
            autocomplete="new-password"
            minLength={8}
            maxLength={200}
            required
          />
        </>
      )}
    </ChangeForm>
  )
}
