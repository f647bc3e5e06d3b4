import { desc, eq, sql } from 'drizzle-orm'
import type { NewSessionEvent, SessionEvent } from '@/session/store'
import type { Connection } from './connection'
import { sessionEvents } from './schema'

/** An event that may concern no session in particular. */
export type UserEvent = Omit<NewSessionEvent, 'sessionId'> & { readonly sessionId: string | null }

/** The statements on events, prepared once. They run in whatever transaction is open. */
export interface Events {
  add(event: UserEvent): void
  addUnlessRecent(event: NewSessionEvent, quietMs: number): void
  latest(sessionId: string, limit: number): SessionEvent[]
}

export function prepareEvents({ orm }: Connection): Events {
  const $ = sql.placeholder
  const event = [$('kind'), $('at'), $('sessionId'), $('userId'), $('address'), $('userAgent')]
  const values = sql`NULL, ${sql.join(event, sql`, `)}, ${$('detail')}`

  const add = orm.insert(sessionEvents).select(sql`SELECT ${values}`).prepare()

  // In both directions, as two processes may write in another order than they read the clock.
  const recent = sql`
    SELECT 1 FROM ${sessionEvents}
    WHERE ${sessionEvents.sessionId} = ${$('sessionId')} AND ${sessionEvents.kind} = ${$('kind')}
      AND ${sessionEvents.at} > ${$('after')} AND ${sessionEvents.at} < ${$('before')}`
  const addUnlessRecent = orm
    .insert(sessionEvents)
    .select(sql`SELECT ${values} WHERE NOT EXISTS (${recent})`)
    .prepare()

  const latest = orm
    .select()
    .from(sessionEvents)
    .where(eq(sessionEvents.sessionId, $('sessionId')))
    .orderBy(desc(sessionEvents.at), desc(sessionEvents.id))
    .limit($('limit'))
    .prepare()

  return {
    add: (event) => void add.run({ ...event }),
    addUnlessRecent: (event, quietMs) =>
      void addUnlessRecent.run({
        ...event,
        after: event.at - quietMs,
        before: event.at + quietMs,
      }),
    latest: (sessionId, limit) =>
      latest.all({ sessionId, limit }).map((row) => ({ ...row, sessionId })),
  }
}
