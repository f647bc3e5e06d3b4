import 'server-only'
import { headers } from 'next/headers'
import type { SignInReason } from '@/http/address/return-path'
import { services } from '@/server/composition'
import { reasonOf } from '@/server/http/http-error'
import { cookiesOf } from '@/server/http/route'
import { SessionError } from '@/session/errors'
import { endedCode } from '@/session/rotation'
import type { EpochMs } from '@/session/time'
import { isForeign } from '../account/activity'
import { deviceName } from '../account/device-name'

/** How many events of a session that is over are looked at for its end. */
const LATEST = 5

/** Why a session of this browser is over, and who ended it where that was not this browser, as far as anybody can tell. */
export interface SessionEnd {
  readonly reason: SignInReason
  readonly by: { readonly device: string; readonly address: string; readonly at: EpochMs } | null
}

/**
 * The end of the session that this browser last had, for the sign-in page. `given` is the reason that the page was asked for
 * with. Who ended the session is told to those alone who bring a signed token that names it. Without a reason given, the mark
 * of the device tells why: tokens leave the jar when their time is over. Null where the browser has signed out by itself,
 * still has its session, or is new.
 */
export async function findSessionEnd(given: SignInReason | null): Promise<SessionEnd | null> {
  try {
    const found = await endOfNamedSession()
    if (given === null) return found?.reason === 'signed_out' && !found.by ? null : found
    return found?.reason === given ? found : { reason: given, by: null }
  } catch (error) {
    // An explanation can be done without.
    if (!(error instanceof SessionError) || error.code !== 'unavailable') throw error
    return given && { reason: given, by: null }
  }
}

async function endOfNamedSession(): Promise<SessionEnd | null> {
  const { config, clock, database, devices, engine } = await services()
  const jar = cookiesOf(await headers(), config)
  const [named] = await engine.identify({ refresh: jar.refresh, access: [] })
  const device = named ? null : await devices.read(jar.device)
  const sessionId = named?.sessionId ?? device?.sessionId ?? null
  if (sessionId === null) return null
  const now = clock()
  const session = await database.sessions.find(sessionId)
  if (!session) {
    // An expired session's row is pruned; one that is missing earlier was deleted with its user.
    const isPruned = device !== null && now >= device.signedInAt + config.sessionMs
    return isPruned ? { reason: 'expired', by: null } : null
  }
  const dead = endedCode(session, now)
  const reason = dead === null ? null : reasonOf(new SessionError(dead))
  if (reason === null) return null
  if (reason !== 'signed_out' && reason !== 'reused') return { reason, by: null }
  const events = await database.sessions.events(sessionId, LATEST)
  const end = events.find(({ kind }) => kind === 'ended' || kind === 'reuse_detected')
  if (!end || !isForeign(end, session)) return { reason, by: null }
  const { userAgent, address, at } = end
  return { reason, by: { device: deviceName(userAgent).label, address, at } }
}
