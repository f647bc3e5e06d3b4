import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm'
import type { SessionStore } from '@/session/store'
import { asynchronousCommit } from '../connection/asynchronous-commit'
import type { Connection } from '../connection/connection'
import { retiredAccessTokens, sessionEvents, sessions, users } from '../schema'
import { prepareEndings } from './endings'
import { prepareEvents } from './events'
import { prepareRotations } from './rotations'
import { sessionRow } from './session-row'
import { prepareSignIn } from './sign-in'

/** The session store of an open PostgreSQL database. */
export function postgresSessions(connection: Connection): SessionStore {
  const { answer } = connection
  const { latest, ...events } = prepareEvents(connection)
  const statements = prepareSessions(connection)
  const { find, findFor, list, states, userExists, nameDevice, prove, retire } = statements

  return {
    create: prepareSignIn(connection),
    ...prepareEndings(connection),
    ...prepareRotations(connection),
    ...events,
    events: latest,

    find: async (id) => (await answer(find.execute({ id })))[0] ?? null,
    async findFor(id, accessTokenId) {
      const [row] = await answer(findFor.execute({ id, accessTokenId }))
      if (!row) return null
      const { retired, ...session } = row
      return { session, retired }
    },
    states: (ids) => answer(states.execute({ ids })),
    nameDevice: async (id, userId, deviceName) =>
      (await answer(nameDevice.execute({ id, userId, deviceName }))).length === 1,
    list: (userId, now) => answer(list.execute({ userId, now })),
    userExists: async (id) => (await answer(userExists.execute({ id }))).length > 0,

    prove: async (id, now) => (await answer(prove.execute({ id, now }))).length === 1,
    retire: async (accessTokenId, expiresAt) =>
      void (await answer(retire.execute({ accessTokenId, expiresAt }))),
  }
}

function prepareSessions({ orm }: Connection) {
  const $ = sql.placeholder
  const { id, issuedAt, idleExpiresAt, expiresAt, endedAt, endedReason, renewals } = sessions
  const state = { id, issuedAt, idleExpiresAt, expiresAt, endedAt, endedReason, renewals }
  const latestEventId = sql<number | null>`(
    SELECT ${sessionEvents.id} FROM ${sessionEvents} WHERE ${sessionEvents.sessionId} = ${id}
    ORDER BY ${sessionEvents.at} DESC, ${sessionEvents.id} DESC LIMIT 1)`.mapWith(Number)
  const rows = () =>
    orm.select(sessionRow).from(sessions).innerJoin(users, eq(users.id, sessions.userId)).$dynamic()

  return {
    find: rows()
      .where(eq(sessions.id, $('id')))
      .prepare('find_session'),

    findFor: orm
      .select({
        ...sessionRow,
        retired:
          sql`EXISTS (SELECT FROM ${retiredAccessTokens} WHERE ${retiredAccessTokens.tokenId} = ${$('accessTokenId')})`.mapWith(
            Boolean,
          ),
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(eq(sessions.id, $('id')))
      .prepare('find_session_for_token'),

    list: rows()
      .where(
        and(
          eq(sessions.userId, $('userId')),
          isNull(sessions.endedAt),
          gt(sessions.idleExpiresAt, $('now')),
          gt(sessions.expiresAt, $('now')),
        ),
      )
      .orderBy(desc(sessions.issuedAt), desc(sessions.createdAt))
      .prepare('sessions_of_user'),

    states: orm
      .select({ ...state, userDisabled: sessionRow.userDisabled, latestEventId })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(sql`${sessions.id} = ANY(${$('ids')})`)
      .prepare('states_of_sessions'),

    // If a crash loses this write, the device has its old name.
    nameDevice: orm
      .update(sessions)
      .set({ deviceName: sql`${$('deviceName')}` })
      .where(
        and(eq(sessions.id, $('id')), eq(sessions.userId, $('userId')), isNull(sessions.endedAt)),
      )
      .returning({ asynchronousCommit })
      .prepare('name_device'),

    userExists: orm
      .select({ id: users.id })
      .from(users)
      .where(eq(users.id, $('id')))
      .prepare('user_exists'),

    // If a crash loses this write, the user is only asked for the password again.
    prove: orm
      .update(sessions)
      .set({ authTime: sql`${$('now')}` })
      .where(and(eq(sessions.id, $('id')), isNull(sessions.endedAt)))
      .returning({ asynchronousCommit })
      .prepare('prove_session'),

    retire: orm
      .insert(retiredAccessTokens)
      .values({ tokenId: $('accessTokenId'), expiresAt: $('expiresAt') })
      .onConflictDoNothing()
      .prepare('retire_access_token'),
  }
}
