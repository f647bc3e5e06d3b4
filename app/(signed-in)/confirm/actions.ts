'use server'

import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { givenPassword } from '@/contracts/credentials'
import { HOME_PATH } from '@/http/address/own-paths'
import { parseReturnPath } from '@/http/address/return-path'
import { confirmPassword } from '@/server/auth/account/account'
import { formSchema } from '@/server/auth/session/action-form'
import { personalAction } from '@/server/auth/session/personal-action'
import { clientOf } from '@/server/http/client-info'

const form = formSchema({ password: givenPassword.min(1), next: z.string().optional() })

/** Why the confirmation failed. */
export interface ConfirmOutcome {
  readonly message: string
  /** The error message of the password field, if the password is wrong. */
  readonly passwordError?: string
}

/** Confirms the password for the current session, and redirects to the page that required it. */
export const confirm = personalAction<ConfirmOutcome>({
  page: '/confirm',
  async run(session, data) {
    const given = form.safeParse(data)
    if (!given.success) return wrong('It must not be empty.')
    const { password, next } = given.data
    await confirmPassword({ ...session, client: clientOf(await headers()) }, password)
    redirect(parseReturnPath(next) ?? HOME_PATH)
  },
  refuse: ({ code, message }) =>
    code === 'INVALID_CREDENTIALS'
      ? wrong('That is not your current password.')
      : { message: `${message}.` },
})

function wrong(passwordError: string): ConfirmOutcome {
  return { message: 'Nothing was changed: please look at the field below.', passwordError }
}
