import type { ReactNode } from 'react'
import { Field } from '../../_components/form/field'
import { FormAlert } from '../../_components/form/form-alert'
import { PasswordField } from '../../_components/form/password-field'
import type { EntryError } from './entry-error'
import { SendButton } from './send-button'

const ALERT = 'form-alert'

/** A form for a name and a password. The browser posts it, so it works without scripts. */
export function EntryForm({
  action,
  next,
  error,
  typedName,
  newAccount = false,
  children,
}: {
  action: string
  next: string | null
  error: EntryError | null
  /** The name that was entered before, if the form failed. */
  typedName: string | null
  newAccount?: boolean
  /** The label of the button. */
  children: ReactNode
}) {
  const alertFor = (field: EntryError['fields'][number]) =>
    error?.fields.includes(field) ? ALERT : undefined
  return (
    <form method="post" action={action} className="space-y-5">
      {error ? <FormAlert id={ALERT} message={error.message} /> : null}
      <Field
        name="username"
        label="Name"
        autoComplete="username"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        required
        defaultValue={typedName ?? undefined}
        alertId={alertFor('username')}
        {...(newAccount ? { hint: 'Up to 64 characters, in any language.' } : {})}
      />
      <PasswordField
        name="password"
        label="Password"
        autoComplete={newAccount ? 'new-password' : 'current-password'}
        required
        alertId={alertFor('password')}
        {...(newAccount
          ? { minLength: 8, hint: 'At least 8 characters; a long phrase works well.' }
          : {})}
      />
      {next === null ? null : <input type="hidden" name="next" value={next} />}
      <SendButton>{children}</SendButton>
    </form>
  )
}
