'use server'

import { revalidatePath } from 'next/cache'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import type { z } from 'zod'
import { givenPassword, newPassword } from '@/contracts/credentials'
import {
  type Actor,
  changePassword,
  deleteAccount,
  deletePasswordlessAccount,
} from '@/server/auth/account/account'
import { setActionCookies } from '@/server/auth/session/action-cookies'
import { formSchema } from '@/server/auth/session/action-form'
import type { CurrentSession } from '@/server/auth/session/dal'
import { grantCookies } from '@/server/auth/session/grant-cookies'
import { personalAction } from '@/server/auth/session/personal-action'
import { RECENT_AUTH_MS, requireRecentAuth } from '@/server/auth/session/recent-auth'
import { nameKey } from '@/server/auth/sign-in/credentials'
import { services } from '@/server/composition'
import { clientOf } from '@/server/http/client-info'
import type { HttpError } from '@/server/http/http-error'

const required = givenPassword.min(1, { error: 'must not be empty' })
const changeForm = formSchema({ currentPassword: required, newPassword })
const deleteForm = formSchema({ password: required })

/** The result of a form on the account page. */
export interface AccountOutcome {
  readonly ok: boolean
  readonly message: string
  /** Error messages by field name. */
  readonly errors?: Readonly<Record<string, string>>
}

/** Changes the password, and ends every other session. The current session continues with new tokens. */
export const changeMyPassword = personalAction<AccountOutcome>({
  page: '/account',
  async run(session, data) {
    const given = changeForm.safeParse(data)
    if (!given.success) return invalid(given.error)
    const { currentPassword, newPassword } = given.data
    const asker = await askerOf(session)
    const { ended, grant } = await changePassword(asker, currentPassword, newPassword)
    if (grant) {
      const { config } = await services()
      const given = await grantCookies(await headers(), grant, nameKey(asker.userName))
      await setActionCookies(given, config)
    }
    const others = ended === 1 ? 'One other session was' : `${ended} other sessions were`
    return {
      ok: true,
      message: ended === 0 ? 'Password changed.' : `Password changed. ${others} ended.`,
    }
  },
  refuse: refused('currentPassword'),
})

/**
 * Deletes the account and its data. The cookies in the browser become invalid. A user without a password who signed in too long ago
 * is asked to sign in again.
 */
export const deleteMyAccount = personalAction<AccountOutcome>({
  page: '/account',
  async run(session, data) {
    if (session.hasPassword) {
      const given = deleteForm.safeParse(data)
      if (!given.success) return invalid(given.error)
      await deleteAccount(await askerOf(session), given.data.password)
    } else {
      await requireRecentAuth({ maxAgeMs: RECENT_AUTH_MS, returnTo: '/account' })
      await deletePasswordlessAccount(session)
    }
    // Clears the router's cache, so that the back button does not show the account's pages.
    revalidatePath('/', 'layout')
    redirect('/')
  },
  refuse: refused('password'),
})

async function askerOf(session: CurrentSession): Promise<Actor> {
  return { ...session, client: clientOf(await headers()) }
}

function invalid(error: z.ZodError): AccountOutcome {
  const errors = error.issues.map(({ path, message }) => [String(path[0]), `It ${message}.`])
  return invalidFields(Object.fromEntries(errors))
}

function invalidFields(errors: Readonly<Record<string, string>>): AccountOutcome {
  return {
    ok: false,
    message: 'Nothing was changed: please look at the fields below.',
    errors,
  }
}

function refused(passwordField: string) {
  return ({ code, message }: HttpError): AccountOutcome => {
    if (code !== 'INVALID_CREDENTIALS') return { ok: false, message: `${message}.` }
    return invalidFields({ [passwordField]: 'That is not your current password.' })
  }
}
