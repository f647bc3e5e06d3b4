import { inArray, lt, lte, sql } from 'drizzle-orm'
import { EVENT_AGE_MS, RETIRED_AGE_MS } from '@/db/database'
import type { EpochMs } from '@/session/time'
import type { Connection } from '../connection'
import { rateLimits, retiredAccessTokens, sessionEvents, sessions } from '../schema'

/** Prepares `Database.prune`, as one statement for each kind of row. */
export function preparePrune({ orm, attempt }: Connection) {
  const $ = sql.placeholder
  const expired = orm
    .delete(sessions)
    .where(
      inArray(
        sessions.id,
        orm
          .select({ id: sessions.id })
          .from(sessions)
          .where(lte(sessions.expiresAt, $('now')))
          .limit($('batch')),
      ),
    )
    .prepare()
  const old = orm
    .delete(sessionEvents)
    .where(
      inArray(
        sessionEvents.id,
        orm
          .select({ id: sessionEvents.id })
          .from(sessionEvents)
          .where(lt(sessionEvents.at, $('now')))
          .limit($('batch')),
      ),
    )
    .prepare()
  const retired = orm
    .delete(retiredAccessTokens)
    .where(
      inArray(
        retiredAccessTokens.tokenId,
        orm
          .select({ tokenId: retiredAccessTokens.tokenId })
          .from(retiredAccessTokens)
          .where(lte(retiredAccessTokens.expiresAt, $('now')))
          .limit($('batch')),
      ),
    )
    .prepare()
  const ranOut = orm
    .delete(rateLimits)
    .where(
      inArray(
        rateLimits.key,
        orm
          .select({ key: rateLimits.key })
          .from(rateLimits)
          .where(lte(rateLimits.expire, $('now')))
          .limit($('batch')),
      ),
    )
    .prepare()

  return async (now: EpochMs, batch: number): Promise<number> => {
    const sessionsGone = await attempt(() => expired.run({ now, batch }).changes)
    const eventsGone = await attempt(() => old.run({ now: now - EVENT_AGE_MS, batch }).changes)
    const limitsGone = await attempt(() => ranOut.run({ now, batch }).changes)
    const retiredGone = await attempt(
      () => retired.run({ now: now - RETIRED_AGE_MS, batch }).changes,
    )
    return sessionsGone + eventsGone + limitsGone + retiredGone
  }
}
