import 'server-only'
import { headers } from 'next/headers'
import { SessionError } from '@/session/errors'
import type { SignInReason } from '@/session/return-path'
import { whyDead } from '@/session/rotation'
import { cookiesOf } from './http'
import { reasonOf } from './http-error'
import { rekindle } from './sessions'

/**
 * Why this browser's last session is over, for a sign-in page that nobody gave a reason: tokens leave the jar when their
 * time is over, and then nothing else can tell. Null where the browser has signed out, still has its session, or is new.
 */
export async function findLastSessionsEnd(): Promise<SignInReason | null> {
  const { config, clock, database, devices } = await rekindle()
  const device = await devices.read(cookiesOf(await headers(), config).device)
  if (!device || device.sessionId === null) return null
  try {
    const now = clock()
    const session = await database.sessions.find(device.sessionId)
    // An expired session's row is pruned; one that is missing earlier was deleted with its user.
    if (!session) return now >= device.signedInAt + config.sessionMs ? 'expired' : null
    const dead = whyDead(session, now)
    const reason = dead === null ? null : reasonOf(new SessionError(dead))
    return reason === 'signed_out' ? null : reason
  } catch (error) {
    // An explanation can be done without.
    if (error instanceof SessionError && error.code === 'unavailable') return null
    throw error
  }
}
