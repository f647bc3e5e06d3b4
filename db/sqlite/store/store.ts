import { and, desc, eq, getTableColumns, isNotNull, isNull, or, sql } from 'drizzle-orm'
import { fulfils } from '@/session/rotation'
import type { Advance, Position } from '@/session/session'
import type { SessionStore } from '@/session/store'
import type { Connection } from '../connection'
import { retiredAccessTokens, sessionEvents, sessions, users } from '../schema'
import { prepareEndings } from './endings'
import { prepareEvents } from './events'
import { live } from './live-sessions'

/** The session store of an open SQLite file. */
export function sqliteSessions(connection: Connection): SessionStore {
  const { attempt, commit } = connection
  const events = prepareEvents(connection)
  const endings = prepareEndings(connection, events)
  const statements = prepareSessions(connection)
  const { add, advance, find, findFor, list, nameDevice, prove } = statements
  const { proven, retire, states, userExists } = statements
  const move = (id: string, from: Position, to: Advance): boolean => {
    const expected = { id, fromGeneration: from.generation, fromBranch: from.branch }
    return advance.run({ ...to, ...expected }).changes === 1
  }

  return {
    create: (session, { replaces, maxLive }) =>
      commit(() => {
        if (!proven.get({ ...session })) return false
        if (add.run({ ...session }).changes === 0) return true
        const { createdAt: at, id: sessionId, userId, address, userAgent } = session
        events.add({
          kind: 'signed_in',
          at,
          sessionId,
          userId,
          address,
          userAgent,
          detail: null,
        })
        if (replaces !== null && replaces !== sessionId) endings.replaced(replaces, session)
        endings.overLimit(session, maxLive)
        return true
      }),

    find: (id) => attempt(() => find.get({ id }) ?? null),
    findToRotate: (id, condition, to) =>
      attempt(() => {
        const session = find.get({ id })
        if (!session) return null
        const { userId, from } = condition
        const isDue = session.userId === userId && fulfils(session, condition)
        const idleExpiresAt = Math.min(to.idleExpiresAt, session.expiresAt)
        return { session, rotated: isDue && move(id, from, { ...to, idleExpiresAt }) }
      }),
    findFor: (id, accessTokenId) =>
      attempt(() => {
        const row = findFor.get({ id, accessTokenId })
        if (!row) return null
        const { retired, ...session } = row
        return { session, retired }
      }),
    states: (ids) => attempt(() => states.all({ ids: JSON.stringify(ids) })),
    nameDevice: (id, userId, deviceName) =>
      attempt(() => nameDevice.run({ id, userId, deviceName }).changes === 1),
    retire: (accessTokenId, expiresAt) =>
      commit(() => void retire.run({ accessTokenId, expiresAt })),
    userExists: (id) => attempt(() => userExists.get({ id }) !== undefined),

    advance: (id, from, to) => attempt(() => move(id, from, to)),

    prove: (id, now) => attempt(() => prove.run({ id, now }).changes === 1),

    end: (id, reason, event, where = {}) =>
      commit(() => {
        const ended = endings.one(id, reason, event.at, where)
        if (ended) events.add(event)
        return ended
      }),

    endAll: (userId, reason, now, by) => commit(() => endings.ofUser(userId, reason, now, by)),
    list: (userId, now) => attempt(() => list.all({ userId, now })),
    record: (event, quietMs) => attempt(() => events.addUnlessRecent(event, quietMs)),
    events: (sessionId, limit) => attempt(() => events.latest(sessionId, limit)),
    history: (userId, limit, after) => attempt(() => events.history(userId, limit, after)),
    alert: (userId) => attempt(() => events.alert(userId)),
  }
}

function prepareSessions({ orm }: Connection) {
  const $ = sql.placeholder
  const row = {
    ...getTableColumns(sessions),
    userName: users.name,
    userVerified: users.verified,
    userHasPassword: sql`${users.passwordHash} <> ''`.mapWith(Boolean),
    userDisabled: isNotNull(users.disabledAt).mapWith(Boolean),
  }
  const { id, issuedAt, idleExpiresAt, expiresAt, endedAt, endedReason, renewals } = sessions
  const state = { id, issuedAt, idleExpiresAt, expiresAt, endedAt, endedReason, renewals }
  const latestEventId = sql<number | null>`(
    SELECT ${sessionEvents.id} FROM ${sessionEvents} WHERE ${sessionEvents.sessionId} = ${id}
    ORDER BY ${sessionEvents.at} DESC, ${sessionEvents.id} DESC LIMIT 1)`
  const rows = () =>
    orm.select(row).from(sessions).innerJoin(users, eq(users.id, sessions.userId)).$dynamic()

  return {
    proven: orm
      .select({ id: users.id })
      .from(users)
      .where(
        and(
          eq(users.id, $('userId')),
          sql`(${$('passwordHash')} IS NULL OR ${users.passwordHash} = ${$('passwordHash')})`,
          isNull(users.disabledAt),
        ),
      )
      .prepare(),

    add: orm
      .insert(sessions)
      .values({
        id: $('id'),
        userId: $('userId'),
        issuedAt: $('createdAt'),
        idleExpiresAt: $('idleExpiresAt'),
        expiresAt: $('expiresAt'),
        createdAt: $('createdAt'),
        authTime: $('createdAt'),
        userAgent: $('userAgent'),
        address: $('address'),
      })
      .onConflictDoNothing()
      .prepare(),

    find: rows()
      .where(eq(sessions.id, $('id')))
      .prepare(),

    findFor: orm
      .select({
        ...row,
        retired:
          sql`EXISTS (SELECT 1 FROM ${retiredAccessTokens} WHERE ${retiredAccessTokens.tokenId} = ${$('accessTokenId')})`.mapWith(
            Boolean,
          ),
      })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(eq(sessions.id, $('id')))
      .prepare(),

    states: orm
      .select({ ...state, userDisabled: row.userDisabled, latestEventId })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(sql`${sessions.id} IN (SELECT value FROM json_each(${$('ids')}))`)
      .prepare(),

    nameDevice: orm
      .update(sessions)
      .set({ deviceName: sql`${$('deviceName')}` })
      .where(
        and(eq(sessions.id, $('id')), eq(sessions.userId, $('userId')), isNull(sessions.endedAt)),
      )
      .prepare(),

    retire: orm
      .insert(retiredAccessTokens)
      .values({ tokenId: $('accessTokenId'), expiresAt: $('expiresAt') })
      .onConflictDoNothing()
      .prepare(),

    userExists: orm
      .select({ id: users.id })
      .from(users)
      .where(eq(users.id, $('id')))
      .prepare(),

    list: rows()
      .where(and(eq(sessions.userId, $('userId')), live($('now'))))
      .orderBy(desc(sessions.issuedAt), desc(sessions.createdAt))
      .prepare(),

    prove: orm
      .update(sessions)
      .set({ authTime: sql`${$('now')}` })
      .where(and(eq(sessions.id, $('id')), isNull(sessions.endedAt)))
      .prepare(),

    // One guarded statement: of all callers that read the same position, one moves the session, and none moves a session
    // that has ended.
    advance: orm
      .update(sessions)
      .set({
        generation: sql`${$('generation')}`,
        branch: sql`${$('branch')}`,
        parentBranch: sql`${$('parentBranch')}`,
        issuedAt: sql`${$('issuedAt')}`,
        idleExpiresAt: sql`${$('idleExpiresAt')}`,
        userAgent: sql`${$('userAgent')}`,
        address: sql`${$('address')}`,
        oauthClientId: sql`${$('oauthClientId')}`,
        renewals: sql`${sessions.renewals} + 1`,
      })
      .where(
        and(
          eq(sessions.id, $('id')),
          eq(sessions.generation, $('fromGeneration')),
          eq(sessions.branch, $('fromBranch')),
          isNull(sessions.endedAt),
          or(isNull(sessions.oauthClientId), eq(sessions.oauthClientId, $('oauthClientId'))),
        ),
      )
      .prepare(),
  }
}
