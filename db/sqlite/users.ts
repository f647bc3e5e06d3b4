import { and, eq, sql } from 'drizzle-orm'
import type { UserStore } from '../database'
import type { Connection } from './connection'
import { prepareEndings } from './endings'
import { prepareEvents } from './events'
import { users } from './schema'

/** The people of an open SQLite file. */
export function sqliteUsers(connection: Connection): UserStore {
  const { attempt, commit } = connection
  const events = prepareEvents(connection)
  const endings = prepareEndings(connection, events)
  const { findByName, findById, add, setHash, remove } = prepareUsers(connection)

  return {
    findByName: (nameKey) => attempt(() => findByName.get({ nameKey }) ?? null),
    findById: (id) => attempt(() => findById.get({ id }) ?? null),
    create: (user) => commit(() => add.run({ ...user }).changes === 1),

    setPassword: (userId, passwordHash, now, { address, userAgent, keepSession, provenWith }) =>
      commit(() => {
        if (setHash.run({ id: userId, passwordHash, provenWith }).changes === 0) return null
        const by = { address, userAgent }
        const ended = endings.ofUser(userId, 'password_changed', now, {
          ...by,
          except: keepSession,
        })
        const event = { kind: 'password_changed', at: now, detail: null } as const
        events.add({ ...event, ...by, userId, sessionId: keepSession })
        return ended
      }),

    // Sessions and events go with their user: their foreign keys cascade.
    remove: ({ id, passwordHash }) =>
      commit(() => remove.run({ id, passwordHash }).changes === 1 || !findById.get({ id })),
  }
}

function prepareUsers({ orm }: Connection) {
  const $ = sql.placeholder
  return {
    findByName: orm
      .select()
      .from(users)
      .where(eq(users.nameKey, $('nameKey')))
      .prepare(),
    findById: orm
      .select()
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
    remove: orm
      .delete(users)
      .where(and(eq(users.id, $('id')), eq(users.passwordHash, $('passwordHash'))))
      .prepare(),
  }
}
