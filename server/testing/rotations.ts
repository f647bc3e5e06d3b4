import 'server-only'
import type { z } from 'zod'
import type { EventPlace, Session, UserEvent } from '@/session/session'
import type { Services } from '../composition'
import { requireTestUser } from './users'
import type { RotatedSession, Rotations, rotationsBody } from './wire'

const PAGE = 500

/**
 * The sessions and events of a user. A session is found by its events, the ended ones included.
 * @throws HttpError 404 USER_NOT_FOUND.
 */
export async function rotations(
  { userId }: z.infer<typeof rotationsBody>,
  parts: Services,
): Promise<Rotations> {
  await requireTestUser(userId, parts)
  const { sessions } = parts.database
  const events = await everyEvent(userId, parts)
  const live = await sessions.list(userId, parts.clock())
  const ids = new Set([...events.map(({ sessionId }) => sessionId), ...live.map(({ id }) => id)])
  const found = await Promise.all([...ids].map((id) => (id === null ? null : sessions.find(id))))
  return {
    sessions: found
      .filter((session) => session !== null)
      .sort((a, b) => a.createdAt - b.createdAt || a.issuedAt - b.issuedAt)
      .map(sessionOf),
    events: events.map(({ kind, at, detail, sessionId, address, userAgent }) => ({
      ...{ kind, at, detail, sessionId, address, userAgent },
    })),
  }
}

/** Oldest first. */
async function everyEvent(userId: string, { database }: Services): Promise<UserEvent[]> {
  const events: UserEvent[] = []
  for (let after: EventPlace | null = null; ; after = events.at(-1) ?? null) {
    const page: UserEvent[] = await database.sessions.history(userId, PAGE, after)
    events.push(...page)
    if (page.length < PAGE) return events.reverse()
  }
}

function sessionOf(session: Session): RotatedSession {
  const { id, generation, branch, parentBranch, issuedAt, idleExpiresAt, expiresAt } = session
  const { createdAt, authTime, endedAt, endedReason, address, userAgent } = session
  return {
    ...{ id, generation, branch, parentBranch, issuedAt, idleExpiresAt, expiresAt },
    ...{ createdAt, authTime, endedAt, endedReason, address, userAgent },
  }
}
