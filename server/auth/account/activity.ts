import 'server-only'
import { services } from '@/server/composition'
import type { ClientInfo, EventPlace, SessionEventKind, UserEvent } from '@/session/session'
import type { EpochMs } from '@/session/time'
import type { CurrentSession } from '../session/dal'
import { deviceName } from './device-name'

/** Something that happened to a user, or to one of the user's sessions. */
export interface Activity {
  readonly id: number
  readonly kind: SessionEventKind
  readonly at: EpochMs
  /** For `ended`: why. */
  readonly detail: string | null
  /** Where it came from. */
  readonly device: string
  readonly address: string
  /** The session that it happened to; null where there is none, or it is pruned. */
  readonly session: SessionLabel | null
  /** True if it happened to the session that asks. */
  readonly isCurrent: boolean
  /** True if a sign-out came from another device or address than the session was last used with. */
  readonly isForeignSignOut: boolean
}

/** What a person recognises a session by. */
export interface SessionLabel {
  readonly device: string
  /** Where it was last used. */
  readonly address: string
  readonly signedInAt: EpochMs
}

/** What happened in all of the person's sessions, newest first; of what comes after `after`, where given. */
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
      ...told(event),
      isCurrent: event.sessionId === sessionId,
      isForeignSignOut: isSignOut && session !== null && isForeign(event, session),
    }
  })
}

/** The use of a copied session that the person has not put away yet, and after which the password is still the same. */
export async function findAlert({
  userId,
}: Pick<CurrentSession, 'userId'>): Promise<Omit<
  Activity,
  'isCurrent' | 'isForeignSignOut'
> | null> {
  const { database } = await services()
  const event = await database.sessions.alert(userId)
  return event && told(event)
}

/** Puts the alert away, on all of the person's devices. The history says where that was done. */
export async function dismissAlert(
  { userId, sessionId }: Pick<CurrentSession, 'userId' | 'sessionId'>,
  client: ClientInfo,
): Promise<void> {
  const { database, clock } = await services()
  const event = { kind: 'alert_dismissed', at: clock(), detail: null } as const
  await database.sessions.record({ ...event, ...client, userId, sessionId }, 0)
}

/** True if something came from another device or address than a session was last used with. */
export function isForeign(event: ClientInfo, session: ClientInfo): boolean {
  return event.userAgent !== session.userAgent || event.address !== session.address
}

function told({ id, kind, at, detail, userAgent, address, session }: UserEvent) {
  const device = deviceName(userAgent).label
  const label = session && {
    device: deviceName(session.userAgent).label,
    address: session.address,
    signedInAt: session.createdAt,
  }
  return { id, kind, at, detail, device, address, session: label }
}
