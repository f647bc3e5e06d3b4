'use server'

import { revalidatePath } from 'next/cache'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { givenPassword, newPassword } from '@/contracts/credentials'
import { type Asker, changePassword, deleteAccount } from '@/server/account'
import { failureMessage, formOf } from '@/server/action'
import { clientOf } from '@/server/client'
import { nameKey } from '@/server/credentials'
import { requireSession } from '@/server/dal'
import { grantCookies, setActionCookies } from '@/server/grant-cookies'
import { HttpError } from '@/server/http-error'
import { rekindle } from '@/server/sessions'

const required = givenPassword.min(1, { error: 'is needed' })
const changeForm = formOf({ currentPassword: required, newPassword })
const deleteForm = formOf({ password: required })

export interface AccountOutcome {
  readonly ok: boolean
  readonly message: string
  /** What is wrong with a field, by its name. */
  readonly errors?: Readonly<Record<string, string>>
}

/** Sets a new password, and ends every session. This one goes on with new tokens. */
export async function changeMyPassword(
  _previous: unknown,
  data: FormData,
): Promise<AccountOutcome> {
  try {
    const asker = await requireAsker()
    const given = changeForm.safeParse(data)
    if (!given.success) return invalid(given.error)
    const { currentPassword, newPassword } = given.data
    const { ended, grant } = await changePassword(asker, currentPassword, newPassword)
    if (grant) {
      const { config } = await rekindle()
      const given = await grantCookies(await headers(), grant, nameKey(asker.userName))
      await setActionCookies(given, config)
    }
    const others = ended === 1 ? 'One other session was' : `${ended} other sessions were`
    return {
      ok: true,
      message: ended === 0 ? 'Password changed.' : `Password changed. ${others} ended.`,
    }
  } catch (error) {
    return refused(error, 'currentPassword')
  }
}

/** Deletes the account and everything of it. The cookies are dead with it. */
export async function deleteMyAccount(_previous: unknown, data: FormData): Promise<AccountOutcome> {
  try {
    const asker = await requireAsker()
    const given = deleteForm.safeParse(data)
    if (!given.success) return invalid(given.error)
    await deleteAccount(asker, given.data.password)
  } catch (error) {
    return refused(error, 'password')
  }
  // What the browser still holds of the account's pages must not come back with its back button.
  revalidatePath('/', 'layout')
  redirect('/')
}

async function requireAsker(): Promise<Asker> {
  const session = await requireSession('/account')
  return { ...session, client: clientOf(await headers()) }
}

function invalid(error: z.ZodError): AccountOutcome {
  const errors = error.issues.map(({ path, message }) => [String(path[0]), `It ${message}.`])
  return {
    ok: false,
    message: 'Nothing was changed: please look at the fields below.',
    errors: Object.fromEntries(errors),
  }
}

function refused(error: unknown, passwordField: string): AccountOutcome {
  if (error instanceof HttpError && error.code === 'INVALID_CREDENTIALS') {
    return invalid(
      new z.ZodError([
        { code: 'custom', path: [passwordField], message: 'is not your password', input: null },
      ]),
    )
  }
  return { ok: false, message: failureMessage(error) }
}
