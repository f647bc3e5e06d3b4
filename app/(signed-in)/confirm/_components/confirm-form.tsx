'use client'

import { useActionState } from 'react'
import { ActionButton } from '../../../_components/form/action-button'
import { FormAlert } from '../../../_components/form/form-alert'
import { PasswordField } from '../../../_components/form/password-field'
import { RenderedForField } from '../../../_components/rendered-for-field'
import { AccountName } from '../../account/_components/account-name'
import { confirm } from '../actions'

/** The form that asks for the password. Works without scripts. */
export function ConfirmForm({
  userId,
  userName,
  next,
}: {
  userId: string
  userName: string
  next: string | null
}) {
  const [outcome, action] = useActionState(confirm, null)
  return (
    <form action={action} className="space-y-5" data-testid="confirm-password">
      {outcome ? <FormAlert id="confirm-alert" message={outcome.message} /> : null}
      <RenderedForField userId={userId} />
      <AccountName userName={userName} />
      {next === null ? null : <input type="hidden" name="next" value={next} />}
      <PasswordField
        name="password"
        label="Your password"
        autoComplete="current-password"
        required
        error={outcome?.passwordError}
      />
      <ActionButton className="button w-full sm:w-auto" busy="One moment…">
        Continue
      </ActionButton>
    </form>
  )
}
