/** A field with its label, and below it what is wrong with what was filled in. */
import type { ComponentChildren, InputHTMLAttributes } from 'preact'
import { useId } from 'preact/hooks'

interface FieldProps {
  /** Of the control; its fault has the id with `-fault` behind it. */
  id: string
  label: string
  fault: string | undefined
  children: ComponentChildren
}

export function Field({ id, label, fault, children }: FieldProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {fault !== undefined && (
        <p class="fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  )
}

type TextFieldProps = Omit<FieldProps, 'id' | 'children'> &
  Omit<InputHTMLAttributes, 'id' | 'class' | 'label'>

export function TextField({ label, fault, ...input }: TextFieldProps) {
  const id = useId()
  return (
    <Field id={id} label={label} fault={fault}>
      <input
        {...input}
        class="input"
        id={id}
        aria-invalid={fault !== undefined}
        aria-describedby={fault === undefined ? undefined : `${id}-fault`}
      />
    </Field>
  )
}

export function EmailField(props: Pick<TextFieldProps, 'label' | 'fault'>) {
  return <TextField {...props} name="email" type="email" autocomplete="email" maxLength={254} required />
}

export function NameField(props: Pick<TextFieldProps, 'label' | 'fault'>) {
  return <TextField {...props} name="name" autocomplete="name" maxLength={100} required />
}
