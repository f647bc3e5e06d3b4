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

/** How many of the latest events of an ended session are searched for its end. */
const EVENT_LIMIT = 5

/**
 * Why a session of this browser ended. For `signed_out` and `reused`, `by` is the device that ended it if that was another device or
 * address; else null.
 */
export interface SessionEnd {
  readonly reason: SignInReason
  readonly by: { readonly device: string; readonly address: string; readonly at: EpochMs } | null
}

/**
 * How the last session of this browser ended, for the sign-in page. `given` is the reason in the page's address, which may be
 * forged: the device that ended the session is shown only if a signed token in the request names the session and its row says
 * the same reason. If the tokens have expired and left the cookie jar, the device token names the session. Null if no reason is
 * given and the browser signed out by itself, is still signed in, or is new.
 */
export async function findSessionEnd(given: SignInReason | null): Promise<SessionEnd | null> {
  try {
    const found = await endOfNamedSession()
    if (given === null) return found?.reason === 'signed_out' && !found.by ? null : found
    return found?.reason === given ? found : { reason: given, by: null }
  } catch (error) {
    // During an outage, the sign-in page works without the explanation.
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
    // A row is pruned after the session has expired. A row that is missing earlier was deleted with its user.
    const isPruned = device !== null && now >= device.signedInAt + config.sessionMs
    return isPruned ? { reason: 'expired', by: null } : null
  }
  const code = endedCode(session, now)
  const reason = code === null ? null : reasonOf(new SessionError(code))
  if (reason === null) return null
  if (reason !== 'signed_out' && reason !== 'reused') return { reason, by: null }
  const events = await database.sessions.events(sessionId, EVENT_LIMIT)
  const end = events.find(({ kind }) => kind === 'ended' || kind === 'reuse_detected')
  if (!end || !isForeign(end, session)) return { reason, by: null }
  const { userAgent, address, at } = end
  return { reason, by: { device: deviceName(userAgent).label, address, at } }
}
