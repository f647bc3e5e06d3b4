import 'server-only'
import type { EpochMs, SessionEventKind } from '@/session/store'
import type { CurrentSession } from './dal'
import { deviceName } from './device-name'
import { rekindle } from './sessions'

/** Something that happened to a session. */
export interface Activity {
  readonly id: number
  readonly kind: SessionEventKind
  readonly at: EpochMs
  readonly device: string
  readonly address: string
}

/** What happened to this session lately, newest first. */
export async function recentActivity(
  { sessionId }: CurrentSession,
  limit: number,
): Promise<Activity[]> {
  const { database } = await rekindle()
  const events = await database.sessions.events(sessionId, limit)
  return events.map(({ id, kind, at, userAgent, address }) => ({
    id,
    kind,
    at,
    device: deviceName(userAgent).label,
    address,
  }))
}
