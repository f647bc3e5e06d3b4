'use server'

import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { givenPassword } from '@/contracts/credentials'
import { parseReturnPath } from '@/http/address/return-path'
import { confirmPassword } from '@/server/auth/account/account'
import { formSchema } from '@/server/auth/session/action-form'
import { personalAction } from '@/server/auth/session/personal-action'
import { clientOf } from '@/server/http/client-info'

const form = formSchema({ password: givenPassword.min(1), next: z.string().optional() })

export interface ConfirmOutcome {
  readonly message: string
  /** What is wrong with the password, where that is what is wrong. */
  readonly passwordError?: string
}

/** Proves the password in the session that asks, and goes on to where it was needed. */
export const confirm = personalAction<ConfirmOutcome>({
  page: '/confirm',
  async run(session, data) {
    const given = form.safeParse(data)
    if (!given.success) return wrong('It is needed.')
    const { password, next } = given.data
    await confirmPassword({ ...session, client: clientOf(await headers()) }, password)
    redirect(parseReturnPath(next) ?? '/dashboard')
  },
  refuse: ({ code, message }) =>
    code === 'INVALID_CREDENTIALS'
      ? wrong('That is not your current password.')
      : { message: `${message}.` },
})

function wrong(passwordError: string): ConfirmOutcome {
  return { message: 'Nothing was changed: please look at the field below.', passwordError }
}
