import 'server-only'
import type { Life } from '@/contracts/life'
import { services } from '@/server/composition'
import { reasonOf } from '@/server/http/http-error'
import { SessionError } from '@/session/errors'
import { endedCode } from '@/session/rotation'
import type { SessionState } from '@/session/session'
import { deviceName } from '../account/device-name'
import type { CurrentSession } from './dal'

/** How many of a session's latest events are shown of its life. */
const LIFE_EVENTS = 50

/** The life of the session of this request, as its row and its events have it now. */
export async function readLife(session: CurrentSession): Promise<Life> {
  const { database } = await services()
  const [state] = await database.sessions.states([session.sessionId])
  return describeLife(session, state ?? null)
}

/** The life of a session whose row has this state; null stands for a row that is gone, with its user or because it is old. */
export async function describeLife(
  session: CurrentSession,
  state: SessionState | null,
): Promise<Life> {
  const { database, clock } = await services()
  const now = clock()
  const { userId, createdAt, accessIssuedAt, accessExpiresAt } = session
  const events = await database.sessions.events(session.sessionId, LIFE_EVENTS)
  return {
    now,
    userId,
    signedInAt: createdAt,
    issuedAt: state?.issuedAt ?? createdAt,
    renewals: state?.renewals ?? 0,
    idleExpiresAt: state?.idleExpiresAt ?? now,
    expiresAt: state?.expiresAt ?? now,
    ended: endOf(state, now),
    access: { issuedAt: accessIssuedAt, expiresAt: accessExpiresAt },
    events: events.map(({ id, kind, at, detail, userAgent }) => ({
      id,
      kind,
      at,
      detail,
      device: deviceName(userAgent).label,
    })),
  }
}

/** Why and when a session ended; null while it lives. */
export function endOf(state: SessionState | null, now: number): Life['ended'] {
  if (state === null) return { reason: 'unknown', at: now }
  const code = endedCode(state, now)
  if (code === null) return null
  const at = state.endedAt ?? Math.min(state.idleExpiresAt, state.expiresAt, now)
  return { reason: reasonOf(new SessionError(code)) ?? 'unknown', at }
}
