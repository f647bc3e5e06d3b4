import type { ReactNode } from 'react'
import { Field } from '../../_components/field'
import { FormAlert } from '../../_components/form-alert'
import { PasswordField } from '../../_components/password-field'
import type { EntryError } from './entry-error'
import { SendButton } from './send-button'

const ALERT = 'form-alert'

/** A name and a password, posted by the browser itself: it works before, and without, any script. */
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
  /** The name that was typed before, if the form comes back. */
  typedName: string | null
  newAccount?: boolean
  /** What the button says. */
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
        {...(newAccount ? { hint: 'Up to 64 characters, in any script.' } : {})}
      />
      <PasswordField
        name="password"
        label="Password"
        autoComplete={newAccount ? 'new-password' : 'current-password'}
        required
        alertId={alertFor('password')}
        {...(newAccount
          ? { minLength: 8, hint: 'At least 8 characters; a long sentence is good.' }
          : {})}
      />
      {next === null ? null : <input type="hidden" name="next" value={next} />}
      <SendButton>{children}</SendButton>
    </form>
  )
}
