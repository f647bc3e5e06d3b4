import { and, desc, eq, inArray, isNull, ne, type SQL, sql } from 'drizzle-orm'
import type { ClientInfo, EndReason, NewSession, Position } from '@/session/session'
import type { EpochMs } from '@/session/time'
import type { Connection } from '../connection'
import { sessions } from '../schema'
import type { Events } from './events'
import { live } from './live-sessions'

/** The statements that end sessions. They run in the transaction that is open. */
export interface Endings {
  /** Ends one session if it has not ended and matches `where`, and records nothing. True if it ended. */
  one(
    id: string,
    reason: EndReason,
    at: EpochMs,
    where: { userId?: string; at?: Position },
  ): boolean
  /** Ends the user's live sessions except `except`, and records an event for each. Returns how many ended. */
  ofUser(
    userId: string,
    reason: EndReason,
    now: EpochMs,
    by: ClientInfo & { except: string | null },
  ): number
  /** Ends the session `id`, if it is live, because `successor` replaces it. */
  replaced(id: string, successor: NewSession): void
  /** Ends the user's least recently used sessions, so that at most `maxLive` are live, `newest` included. */
  overLimit(newest: NewSession, maxLive: number): void
}

/** Prepares the statements that end sessions. */
export function prepareEndings({ orm }: Connection, events: Events): Endings {
  const $ = sql.placeholder
  const ending = () =>
    orm.update(sessions).set({ endedAt: sql`${$('now')}`, endedReason: sql`${$('reason')}` })
  const endingLive = (condition: SQL | undefined) =>
    ending()
      .where(and(live($('now')), condition))
      .returning({ sessionId: sessions.id, userId: sessions.userId })
      .prepare()

  const one = ending()
    .where(
      and(
        eq(sessions.id, $('id')),
        isNull(sessions.endedAt),
        sql`(${$('userId')} IS NULL OR ${sessions.userId} = ${$('userId')})`,
        sql`(${$('generation')} IS NULL OR ${sessions.generation} = ${$('generation')})`,
        sql`(${$('branch')} IS NULL OR ${sessions.branch} = ${$('branch')})`,
      ),
    )
    .prepare()
  const ofUser = endingLive(and(eq(sessions.userId, $('userId')), ne(sessions.id, $('except'))))
  const replaced = endingLive(eq(sessions.id, $('id')))
  const overLimit = endingLive(
    inArray(
      sessions.id,
      orm
        .select({ id: sessions.id })
        .from(sessions)
        .where(and(eq(sessions.userId, $('userId')), live($('now')), ne(sessions.id, $('newest'))))
        .orderBy(desc(sessions.issuedAt), desc(sessions.createdAt))
        // SQLite has no OFFSET without a LIMIT.
        .limit(2 ** 31 - 1)
        .offset($('kept')),
    ),
  )

  const end = (
    statement: typeof replaced,
    reason: EndReason,
    now: EpochMs,
    { address, userAgent }: ClientInfo,
    which: Record<string, unknown>,
  ) => {
    const ended = statement.all({ ...which, reason, now })
    for (const { sessionId, userId } of ended) {
      const event = { kind: 'ended', at: now, detail: reason, address, userAgent } as const
      events.add({ ...event, sessionId, userId })
    }
    return ended.length
  }

  return {
    one: (id, reason, now, { userId = null, at = null }: Expected) => {
      const [generation, branch] = [at?.generation ?? null, at?.branch ?? null]
      return one.run({ id, reason, now, userId, generation, branch }).changes === 1
    },
    ofUser: (userId, reason, now, by) =>
      end(ofUser, reason, now, by, { userId, except: by.except ?? '' }),
    replaced: (id, successor) => {
      end(replaced, 'replaced', successor.createdAt, successor, { id })
    },
    overLimit: (newest, maxLive) => {
      const which = { userId: newest.userId, newest: newest.id, kept: maxLive - 1 }
      end(overLimit, 'over_limit', newest.createdAt, newest, which)
    },
  }
}

type Expected = { userId?: string | null; at?: Position | null }
