import { and, desc, eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { EventPlace, NewSessionEvent, SessionEvent, UserEvent } from '@/session/session'
import { asynchronousCommit } from '../connection/asynchronous-commit'
import type { Connection } from '../connection/connection'
import { isAlert, sessionEvents, sessions } from '../schema'

const $ = sql.placeholder

/** The table and columns of an INSERT of events. */
export const INTO_EVENTS = sql`session_events (kind, at, session_id, user_id, address, agent, detail)`

/** The values of one event, as parameters in the order of INTO_EVENTS. */
export const EVENT: SQL = sql`${$('kind')}::text, ${$('at')}::bigint, ${$('sessionId')}::text, ${$('userId')}::text,
  ${$('address')}::text, ${$('userAgent')}::text, ${$('detail')}::text`

/** A place before the newest event, where the first page begins. */
const NEWEST = { at: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER }

/** The verbs that read and write events. */
export interface Events {
  /** Records an event, unless one of the same kind was recorded for the session less than `quietMs` ago. */
  record(event: NewSessionEvent, quietMs: number): Promise<void>
  /** The newest events of a session. */
  latest(sessionId: string, limit: number): Promise<SessionEvent[]>
  /** The events of all sessions of a user, newest first, from the page that follows `after`. */
  history(userId: string, limit: number, after: EventPlace | null): Promise<UserEvent[]>
  /** The event that raised the user's alert, or null if there is none. */
  alert(userId: string): Promise<UserEvent | null>
}

/** Prepares the verbs on events. */
export function prepareEvents({ prepare, orm, answer }: Connection): Events {
  const add = prepare<{ inserted: boolean }>(
    'add_event',
    sql`INSERT INTO ${INTO_EVENTS} SELECT ${EVENT} RETURNING true AS inserted, ${asynchronousCommit}`,
  )

  // Two statements that both see nothing recent compete for the session's row: the second finds that the row's xmin has
  // changed, and runs again. `recent` looks in both directions, because two machines may write in a different order than
  // they read their clocks. The user is locked before the session, as everywhere.
  const addUnlessRecent = prepare<{ inserted: boolean; recent: boolean }>(
    'add_event_unless_recent',
    sql`
      WITH recent AS (
        SELECT FROM session_events
        WHERE session_id = ${$('sessionId')} AND kind = ${$('kind')}
          AND at > ${$('after')} AND at < ${$('before')}
        LIMIT 1
      ), owner AS (
        SELECT id FROM users WHERE id = ${$('userId')} AND NOT EXISTS (SELECT FROM recent) FOR KEY SHARE
      ), locked_session AS (
        UPDATE sessions s SET parent_branch = s.parent_branch FROM owner
        WHERE s.id = ${$('sessionId')}
          AND s.xmin = (SELECT seen.xmin FROM sessions seen WHERE seen.id = ${$('sessionId')})
        RETURNING s.id
      ), inserted_events AS (
        INSERT INTO ${INTO_EVENTS} SELECT ${EVENT}
        WHERE NOT EXISTS (SELECT FROM recent)
          AND (EXISTS (SELECT FROM locked_session) OR NOT EXISTS (SELECT FROM sessions WHERE id = ${$('sessionId')}))
        RETURNING ${asynchronousCommit}
      )
      SELECT EXISTS (SELECT FROM inserted_events) AS inserted, EXISTS (SELECT FROM recent) AS recent`,
  )

  const latest = orm
    .select()
    .from(sessionEvents)
    .where(eq(sessionEvents.sessionId, $('sessionId')))
    .orderBy(desc(sessionEvents.at), desc(sessionEvents.id))
    .limit($('limit'))
    .prepare('events_of_session')

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
  const history = ofUser().where(and(mine, place)).prepare('history_of_user')
  const alerts = ofUser()
    .where(and(mine, isAlert(sessionEvents)))
    .prepare('alert_of_user')

  return {
    history: (userId, limit, after) =>
      answer(history.execute({ userId, limit, ...(after ?? NEWEST) })),
    alert: async (userId) => {
      const [latest] = await answer(alerts.execute({ userId, limit: 1 }))
      return latest?.kind === 'reuse_detected' ? latest : null
    },
    async record(event, quietMs) {
      if (quietMs === 0) await add(event)
      else {
        const window = { after: event.at - quietMs, before: event.at + quietMs }
        await addUnlessRecent(
          { ...event, ...window },
          ({ inserted, recent }) => !inserted && !recent,
        )
      }
    },
    latest: async (sessionId, limit) => {
      const rows = await answer(latest.execute({ sessionId, limit }))
      return rows.map((row) => ({ ...row, sessionId }))
    },
  }
}
