import { and, desc, eq, getTableColumns, sql } from 'drizzle-orm'
import type { EventPlace, NewSessionEvent, SessionEvent, UserEvent } from '@/session/session'
import type { Connection } from '../connection'
import { isAlert, sessionEvents, sessions } from '../schema'

/** An event, of a session or of a user outside any session. */
export type AnyEvent = Omit<NewSessionEvent, 'sessionId'> & { readonly sessionId: string | null }

/** The statements on events. They run in the transaction that is open. */
export interface Events {
  /** Records an event. */
  add(event: AnyEvent): void
  /** Records an event, unless one of the same kind was recorded for the session less than `quietMs` ago. */
  addUnlessRecent(event: NewSessionEvent, quietMs: number): void
  /** The newest events of a session. */
  latest(sessionId: string, limit: number): SessionEvent[]
  /** The events of all sessions of a user, newest first, from the page that follows `after`. */
  history(userId: string, limit: number, after: EventPlace | null): UserEvent[]
  /** The event that raised the user's alert, or null if there is none. */
  alert(userId: string): UserEvent | null
}

/** A place before the newest event, where the first page begins. */
const NEWEST = { at: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER }

/** Prepares the statements on events. */
export function prepareEvents({ orm }: Connection): Events {
  const $ = sql.placeholder
  const event = [$('kind'), $('at'), $('sessionId'), $('userId'), $('address'), $('userAgent')]
  const values = sql`NULL, ${sql.join(event, sql`, `)}, ${$('detail')}`

  const add = orm.insert(sessionEvents).select(sql`SELECT ${values}`).prepare()

  // Looks in both directions, because two processes may write in a different order than they read the clock.
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

  const { userAgent, address, createdAt } = sessions
  const ofUser = () =>
    orm
      .select({ ...getTableColumns(sessionEvents), session: { userAgent, address, createdAt } })
      .from(sessionEvents)
      .leftJoin(sessions, eq(sessions.id, sessionEvents.sessionId))
      .orderBy(desc(sessionEvents.at), desc(sessionEvents.id))
      .limit($('limit'))
      .$dynamic()
  const mine = eq(sessionEvents.userId, $('userId'))
  const place = sql`(${sessionEvents.at}, ${sessionEvents.id}) < (${$('at')}, ${$('id')})`
  const history = ofUser().where(and(mine, place)).prepare()
  const alerts = ofUser()
    .where(and(mine, isAlert(sessionEvents)))
    .prepare()

  return {
    history: (userId, limit, after) => history.all({ userId, limit, ...(after ?? NEWEST) }),
    alert: (userId) => {
      const latest = alerts.get({ userId, limit: 1 })
      return latest?.kind === 'reuse_detected' ? latest : null
    },
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
