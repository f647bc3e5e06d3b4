'use client'

import { useActionState } from 'react'
import { ActionButton } from '../../../_components/form/action-button'
import { PasswordField } from '../../../_components/form/password-field'
import { RenderedForField } from '../../../_components/rendered-for-field'
import { changeMyPassword } from '../actions'
import { AccountName } from './account-name'
import { Outcome } from './outcome'

/** The form that changes the password. */
export function ChangePasswordForm({ userId, userName }: { userId: string; userName: string }) {
  const [outcome, action] = useActionState(changeMyPassword, null)
  return (
    <form action={action} className="space-y-5" data-testid="change-password">
      <Outcome outcome={outcome} />
      <RenderedForField userId={userId} />
      <AccountName userName={userName} />
      <PasswordField
        name="currentPassword"
        label="Current password"
        autoComplete="current-password"
        required
        error={outcome?.errors?.currentPassword}
      />
      <PasswordField
        name="newPassword"
        label="New password"
        autoComplete="new-password"
        hint="At least 8 characters; a long phrase works well."
        minLength={8}
        required
        error={outcome?.errors?.newPassword}
      />
      <ActionButton className="button w-full sm:w-auto" busy="Changing…">
        Change password
      </ActionButton>
    </form>
  )
}
