import { eq, type SQL, sql } from 'drizzle-orm'
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Database } from '@/db/database'
import type { Connection } from '../connection'
import { sessionEvents, sessions } from '../schema'

/** Prepares `Database.age`. */
export function prepareAge({ orm, commit }: Connection): Database['age'] {
  const $ = sql.placeholder
  const earlier = (column: AnySQLiteColumn): SQL => sql`${column} - ${$('ms')}`
  const ageSessions = orm
    .update(sessions)
    .set({
      issuedAt: earlier(sessions.issuedAt),
      idleExpiresAt: earlier(sessions.idleExpiresAt),
      expiresAt: earlier(sessions.expiresAt),
      endedAt: earlier(sessions.endedAt),
      createdAt: earlier(sessions.createdAt),
      authTime: earlier(sessions.authTime),
    })
    .where(eq(sessions.userId, $('userId')))
    .prepare()
  const ageEvents = orm
    .update(sessionEvents)
    .set({ at: earlier(sessionEvents.at) })
    .where(eq(sessionEvents.userId, $('userId')))
    .prepare()

  return (userId, ms) =>
    commit(() => {
      ageEvents.run({ userId, ms })
      return ageSessions.run({ userId, ms }).changes
    })
}
