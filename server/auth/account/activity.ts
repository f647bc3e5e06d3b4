import 'server-only'
import { services } from '@/server/composition'
import type { ClientInfo, EventPlace, SessionEventKind, UserEvent } from '@/session/session'
import type { EpochMs } from '@/session/time'
import type { CurrentSession } from '../session/live-session'
import { deviceName } from './device-name'

/** Something that happened to a user, or to one of the user's sessions. */
export interface Activity {
  readonly id: number
  readonly kind: SessionEventKind
  readonly at: EpochMs
  /**
   * For `ended`, the reason; for an event of a refresh token, the position of that token as "generation.branch"; else null.
   */
  readonly detail: string | null
  /** The label of the device that caused it, such as "Chrome on Linux". */
  readonly device: string
  readonly address: string
  /** The session that it happened to; null if it concerns no session, or one that is already pruned. */
  readonly session: SessionLabel | null
  /** True if it happened to the session of this request. */
  readonly isCurrent: boolean
  /** True if a sign-out came from another device or address than the session was last used with. */
  readonly isForeignSignOut: boolean
}

/** How a session is shown to its owner. */
export interface SessionLabel {
  readonly device: string
  /** The address from which the session was last used. */
  readonly address: string
  readonly signedInAt: EpochMs
}

/**
 * The user's activity in all sessions, newest first, at most `limit` entries. With `after`, it continues after that place,
 * for the next page.
 */
export async function userHistory(
  { userId, sessionId }: CurrentSession,
  limit: number,
  after: EventPlace | null = null,
): Promise<Activity[]> {
  const { database } = await services()
  const events = await database.sessions.history(userId, limit, after)
  return events.map((event) => {
    const { session, kind, detail } = event
    const isSignOut = kind === 'ended' && detail === 'signed_out'
    return {
      ...withLabels(event),
      isCurrent: event.sessionId === sessionId,
      isForeignSignOut: isSignOut && session !== null && isForeign(event, session),
    }
  })
}

/** The latest use of a copied session; null if there is none, or the user has dismissed it or changed the password since. */
export async function findAlert({
  userId,
}: Pick<CurrentSession, 'userId'>): Promise<Omit<
  Activity,
  'isCurrent' | 'isForeignSignOut'
> | null> {
  const { database } = await services()
  const event = await database.sessions.alert(userId)
  return event && withLabels(event)
}

/** Dismisses the alert on all of the user's devices. The history records which device dismissed it. */
export async function dismissAlert(
  { userId, sessionId }: Pick<CurrentSession, 'userId' | 'sessionId'>,
  client: ClientInfo,
): Promise<void> {
  const { database, clock } = await services()
  const event = { kind: 'alert_dismissed', at: clock(), detail: null } as const
  await database.sessions.record({ ...event, ...client, userId, sessionId }, 0)
}

/** True if an event came from another device or address than the session was last used from. */
export function isForeign(event: ClientInfo, session: ClientInfo): boolean {
  return event.userAgent !== session.userAgent || event.address !== session.address
}

function withLabels({ id, kind, at, detail, userAgent, address, session }: UserEvent) {
  const device = deviceName(userAgent).label
  const label = session && {
    device: deviceName(session.userAgent).label,
    address: session.address,
    signedInAt: session.createdAt,
  }
  return { id, kind, at, detail, device, address, session: label }
}
