import { and, eq, getTableColumns, gte, inArray, lt, sql } from 'drizzle-orm'
import { firstAfterPrefix, mirrorKey, type NewUser, type UserStore } from '@/db/database'
import type { Connection } from '../connection'
import { sessions, users } from '../schema'
import { prepareEndings } from './endings'
import { prepareEvents } from './events'
import { live } from './live-sessions'

/** The user store of an open SQLite file. */
export function sqliteUsers(connection: Connection): UserStore {
  const { attempt, commit } = connection
  const events = prepareEvents(connection)
  const endings = prepareEndings(connection, events)
  const { findByName, findById, add, mirror, setHash, move, remove, removeAll } =
    prepareUsers(connection)

  return {
    findByName: (nameKey) => attempt(() => findByName.get({ nameKey }) ?? null),
    findById: (id) => attempt(() => findById.get({ id }) ?? null),
    create: (user) => commit(() => add.run(rowOf(user)).changes === 1),
    mirror: ({ id, name, createdAt }) =>
      commit(() => mirror.run({ id, name, nameKey: mirrorKey(id), createdAt }).changes === 1),

    setPassword: (userId, passwordHash, now, { address, userAgent, moves, provenWith }) =>
      commit(() => {
        if (setHash.run({ id: userId, passwordHash, provenWith }).changes === 0) return null
        const by = { address, userAgent }
        const moved = moves !== null && move.run({ ...moves, userId, now, ...by }).changes === 1
        if (moved) endings.one(moves.from, 'password_changed', now, { userId })
        const except = moved ? moves.to : null
        const ended = endings.ofUser(userId, 'password_changed', now, { ...by, except })
        const event = { kind: 'password_changed', at: now, detail: null } as const
        events.add({ ...event, ...by, userId, sessionId: except ?? moves?.from ?? null })
        return { ended, moved }
      }),

    // Sessions and events are deleted with their user: their foreign keys cascade.
    remove: (user) =>
      commit(
        () =>
          remove.run({ id: user.id, passwordHash: user.passwordHash ?? '' }).changes === 1 ||
          !findById.get({ id: user.id }),
      ),
    removeAll: (from, before, batch) =>
      attempt(() => removeAll.run({ from, to: firstAfterPrefix(from), before, batch }).changes),
  }
}

const rowOf = (user: NewUser) => ({ ...user, passwordHash: user.passwordHash ?? '' })

const FIRST_POSITION = {
  generation: sql`0`.as('generation'),
  branch: sql`0`.as('branch'),
  parentBranch: sql`0`.as('parent_branch'),
}

function prepareUsers({ orm }: Connection) {
  const $ = sql.placeholder
  const columns = {
    ...getTableColumns(users),
    passwordHash: sql<string | null>`nullif(${users.passwordHash}, '')`,
  }
  return {
    findByName: orm
      .select(columns)
      .from(users)
      .where(eq(users.nameKey, $('nameKey')))
      .prepare(),
    findById: orm
      .select(columns)
      .from(users)
      .where(eq(users.id, $('id')))
      .prepare(),
    add: orm
      .insert(users)
      .values({
        id: $('id'),
        name: $('name'),
        nameKey: $('nameKey'),
        passwordHash: $('passwordHash'),
        createdAt: $('createdAt'),
      })
      .onConflictDoNothing({ target: users.nameKey })
      .prepare(),
    mirror: orm
      .insert(users)
      .values({
        id: $('id'),
        name: $('name'),
        nameKey: $('nameKey'),
        passwordHash: '',
        createdAt: $('createdAt'),
      })
      .onConflictDoUpdate({
        target: users.id,
        set: { name: sql`excluded.name` },
        setWhere: eq(users.passwordHash, ''),
      })
      .prepare(),
    setHash: orm
      .update(users)
      .set({ passwordHash: sql`${$('passwordHash')}` })
      .where(
        and(
          eq(users.id, $('id')),
          sql`(${$('provenWith')} IS NULL OR ${users.passwordHash} = ${$('provenWith')})`,
        ),
      )
      .prepare(),
    move: orm
      .insert(sessions)
      .select(
        orm
          .select({
            // All other columns are copied.
            ...getTableColumns(sessions),
            id: sql`${$('to')}`.as('id'),
            ...FIRST_POSITION,
            issuedAt: sql`${$('now')}`.as('issued_at'),
            idleExpiresAt: sql`${$('idleExpiresAt')}`.as('idle_expires_at'),
            authTime: sql`${$('now')}`.as('auth_time'),
            userAgent: sql`${$('userAgent')}`.as('user_agent'),
            address: sql`${$('address')}`.as('ip'),
          })
          .from(sessions)
          .where(and(eq(sessions.id, $('from')), eq(sessions.userId, $('userId')), live($('now')))),
      )
      .prepare(),
    remove: orm
      .delete(users)
      .where(and(eq(users.id, $('id')), eq(users.passwordHash, $('passwordHash'))))
      .prepare(),
    removeAll: orm
      .delete(users)
      .where(
        inArray(
          users.id,
          orm
            .select({ id: users.id })
            .from(users)
            .where(
              and(
                gte(users.id, $('from')),
                lt(users.id, $('to')),
                lt(users.createdAt, $('before')),
              ),
            )
            .limit($('batch')),
        ),
      )
      .prepare(),
  }
}
