'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { z } from 'zod'
import { deviceName, givenPassword } from '@/contracts/credentials'
import { type Actor, confirmPassword } from '@/server/auth/account/account'
import { nameDevice } from '@/server/auth/account/device-list'
import { formSchema } from '@/server/auth/session/action-form'
import { personalAction } from '@/server/auth/session/personal-action'
import { isRecent, RECENT_AUTH_MS, requireRecentAuth } from '@/server/auth/session/recent-auth'
import { services } from '@/server/composition'
import { clientOf } from '@/server/http/client-info'
import { HttpError } from '@/server/http/http-error'

const nameForm = formSchema({ session: z.string().min(1).max(64), name: deviceName })
const form = formSchema({
  end: z.string().min(1).max(64),
  password: givenPassword.optional(),
})

/** The result of `endSessions`. */
export interface EndOutcome {
  readonly ok: boolean
  readonly message: string
  /** The session to end once the password is entered, because it was last entered too long ago. */
  readonly confirm?: string
}

/**
 * Ends another session of the person, or all other sessions if `end` is `others`. If it is `not-me`, it ends them and asks a person
 * who has a password for a new one, because somebody else may know it.
 */
export const endSessions = personalAction<EndOutcome>({
  page: '/devices',
  async run(session, data) {
    const { userId, sessionId } = session
    const given = form.safeParse(data)
    if (!given.success) return { ok: false, message: 'Choose the device to sign out.' }
    const { end } = given.data
    if (end === sessionId)
      return { ok: false, message: 'To sign out this device, use its own button.' }
    const { engine } = await services()
    const by = clientOf(await headers())
    if (!session.hasPassword) {
      await requireRecentAuth({ maxAgeMs: RECENT_AUTH_MS, returnTo: '/devices' })
    } else if (!(await isRecent(session, RECENT_AUTH_MS))) {
      const refusal = await proveAgain({ ...session, client: by }, given.data.password)
      if (refusal !== null) return { ok: false, message: refusal, confirm: end }
    }
    if (end === 'others' || end === 'not-me') {
      const count = await engine.endOthers(userId, sessionId, by)
      if (end === 'not-me' && session.hasPassword) redirect('/account?notice=not-me#password')
      refresh()
      return { ok: true, message: `${count === 1 ? 'One session' : `${count} sessions`} ended.` }
    }
    const ended = await engine.end(end, 'ended_elsewhere', by, userId)
    refresh()
    return { ok: true, message: ended ? 'Session ended.' : 'That session had already ended.' }
  },
  refuse: ({ message }) => ({ ok: false, message: `${message}.` }),
})

/** The result of `renameDevice`, with a sentence for people. */
export interface RenameOutcome {
  readonly ok: boolean
  readonly message: string
}

/** Names a device of the person; an empty name takes its name away. */
export const renameDevice = personalAction<RenameOutcome>({
  page: '/devices',
  async run(session, data) {
    const given = nameForm.safeParse(data)
    if (!given.success) return { ok: false, message: 'A name has at most 40 visible characters.' }
    const { session: sessionId, name } = given.data
    const isNamed = await nameDevice(session, sessionId, name)
    if (!isNamed) return { ok: false, message: 'That session has ended.' }
    refresh()
    return { ok: true, message: name === null ? 'Its name was removed.' : `Renamed to ${name}.` }
  },
  refuse: ({ message }) => ({ ok: false, message: `${message}.` }),
})

/** Confirms the password. Returns the message to show if it is missing or wrong, or null if it is right. */
async function proveAgain(asker: Actor, password: string | undefined): Promise<string | null> {
  if (!password) return 'You signed in a while ago. Enter your password to continue.'
  try {
    await confirmPassword(asker, password)
    return null
  } catch (error) {
    if (!(error instanceof HttpError) || error.code !== 'INVALID_CREDENTIALS') throw error
    return 'That is not your current password.'
  }
}
