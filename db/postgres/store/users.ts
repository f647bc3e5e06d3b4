import { eq, getTableColumns, type SQL, sql } from 'drizzle-orm'
import { firstAfterPrefix, mirrorKey, type UserStore } from '@/db/database'
import type { Connection } from '../connection/connection'
import { sessions, users } from '../schema'
import { EVENTS_OF_ENDED, endingAllOf } from './endings'
import { INTO_EVENTS } from './events'
import { lockUnchangedUser } from './sign-in'

const $ = sql.placeholder

const columns = Object.values(getTableColumns(sessions)).map(({ name }) => name)
const columnNames = sql.join(
  columns.map((name) => sql.identifier(name)),
  sql`, `,
)
const time = (name: string) => sql`${$(name)}::bigint`
/** The columns that change in a session that moves. All others are copied. */
const CHANGED: Readonly<Record<string, SQL>> = {
  id: sql`${$('to')}::text`,
  generation: sql`0`,
  branch: sql`0`,
  parent_branch: sql`0`,
  issued_at: time('now'),
  idle_expires_at: time('idleExpiresAt'),
  auth_time: time('now'),
  user_agent: sql`${$('userAgent')}::text`,
  ip: sql`${$('address')}::text`,
}
const movedColumns = sql.join(
  columns.map((name) => CHANGED[name] ?? sql`s.${sql.identifier(name)}`),
  sql`, `,
)

/** The user store of an open PostgreSQL database. */
export function postgresUsers({ prepare, orm, answer }: Connection): UserStore {
  const found = (key: typeof users.id | typeof users.nameKey, name: string) => {
    const passwordHash = sql<string | null>`nullif(${users.passwordHash}, '')`
    const query = orm
      .select({ ...getTableColumns(users), passwordHash })
      .from(users)
      .where(eq(key, $('key')))
      .prepare(name)
    return async (value: string) => (await answer(query.execute({ key: value })))[0] ?? null
  }
  const add = prepare<{ added: boolean; ours: boolean }>(
    'add_user',
    sql`
      WITH added AS (
        INSERT INTO users (id, name, name_key, password_hash, created_at)
        VALUES (${$('id')}, ${$('name')}, ${$('nameKey')}, ${$('passwordHash')}, ${$('createdAt')})
        ON CONFLICT (name_key) DO NOTHING
        RETURNING id
      )
      SELECT EXISTS (SELECT FROM added) AS added,
        EXISTS (SELECT FROM users WHERE id = ${$('id')} AND name_key = ${$('nameKey')}) AS ours`,
  )
  const mirror = prepare<{ mirrored: boolean }>(
    'mirror_user',
    sql`
      WITH mirrored AS (
        INSERT INTO users (id, name, name_key, password_hash, created_at)
        VALUES (${$('id')}, ${$('name')}, ${$('nameKey')}, '', ${$('createdAt')})
        ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE users.password_hash = ''
        RETURNING id
      )
      SELECT EXISTS (SELECT FROM mirrored) AS mirrored`,
  )
  // Every hash has its own salt, so a row that already holds this one was written by this call, and the answer was lost.
  const replaceable = sql`
    password_hash <> ${$('passwordHash')}
    AND (${$('provenWith')}::text IS NULL OR password_hash = ${$('provenWith')})`
  const setPassword = prepare<{
    changed: boolean
    pending: boolean
    ours: boolean
    count: number
    moved: boolean
  }>(
    'set_password',
    sql`
      WITH ${lockUnchangedUser(sql`password_hash = ${$('passwordHash')}`, replaceable)},
      ${endingAllOf('locked_user', sql`'password_changed'`)}, moved AS (
        INSERT INTO sessions (${columnNames})
        SELECT ${movedColumns} FROM sessions s JOIN ended e ON e.id = s.id WHERE s.id = ${$('from')}
        RETURNING id
      ), inserted_events AS (
        INSERT INTO ${INTO_EVENTS}
        ${EVENTS_OF_ENDED} WHERE id IS DISTINCT FROM ${$('from')}
        UNION ALL
        SELECT 'password_changed', ${$('now')}::bigint, coalesce((SELECT id FROM moved), ${$('from')}::text), id,
          ${$('address')}::text, ${$('userAgent')}::text, NULL
        FROM locked_user
      )
      SELECT EXISTS (SELECT FROM locked_user) AS changed,
        EXISTS (SELECT FROM users WHERE id = ${$('userId')} AND ${replaceable}) AS pending,
        EXISTS (SELECT FROM users WHERE id = ${$('userId')} AND password_hash = ${$('passwordHash')}) AS ours,
        EXISTS (SELECT FROM moved) OR EXISTS (SELECT FROM sessions WHERE id = ${$('to')}) AS moved,
        (SELECT count(*)::int FROM ended WHERE id IS DISTINCT FROM ${$('from')}) AS count`,
  )
  const remove = prepare<{ removed: boolean; there: boolean; pending: boolean }>(
    'remove_user',
    sql`
      WITH removed AS (
        DELETE FROM users WHERE id = ${$('id')} AND password_hash = ${$('passwordHash')}
        RETURNING id
      )
      SELECT EXISTS (SELECT FROM removed) AS removed,
        EXISTS (SELECT FROM users WHERE id = ${$('id')}) AS there,
        EXISTS (SELECT FROM users WHERE id = ${$('id')} AND password_hash = ${$('passwordHash')}) AS pending`,
  )
  // The array makes the planner look up each row by its key, whatever the table's statistics say.
  const removeAll = prepare<{ count: number }>(
    'remove_users',
    sql`
      WITH gone AS (
        DELETE FROM users WHERE id = ANY (ARRAY(
          SELECT id FROM users
          WHERE id >= ${$('from')} AND id < ${$('to')} AND created_at < ${$('before')}
          ORDER BY id LIMIT ${$('batch')} FOR UPDATE SKIP LOCKED
        ))
        RETURNING id
      )
      SELECT count(*)::int AS count FROM gone`,
  )

  return {
    findByName: found(users.nameKey, 'find_user_by_name'),
    findById: found(users.id, 'find_user'),
    async create(user) {
      const { rows, isRepeated } = await add({ ...user, passwordHash: user.passwordHash ?? '' })
      const { added = false, ours = false } = rows[0] ?? {}
      return added || (isRepeated && ours)
    },
    async mirror({ id, name, createdAt }) {
      const { rows } = await mirror({ id, name, nameKey: mirrorKey(id), createdAt })
      return rows[0]?.mirrored ?? false
    },
    async setPassword(userId, passwordHash, now, { moves, ...by }) {
      const move = moves ?? { from: null, to: null, idleExpiresAt: null }
      const { rows } = await setPassword(
        { userId, passwordHash, now, kept: null, ...move, ...by },
        ({ changed, pending }) => !changed && pending,
      )
      const { changed = false, ours = false, count: ended = 0, moved = false } = rows[0] ?? {}
      return changed || ours ? { ended, moved } : null
    },
    // Sessions and events are deleted with their user: their foreign keys cascade.
    async remove({ id, passwordHash }) {
      const { rows } = await remove(
        { id, passwordHash: passwordHash ?? '' },
        ({ removed, pending }) => !removed && pending,
      )
      const { removed = false, there = false } = rows[0] ?? {}
      return removed || !there
    },
    async removeAll(from, before, batch) {
      const { rows } = await removeAll({ from, to: firstAfterPrefix(from), before, batch })
      return rows[0]?.count ?? 0
    },
  }
}
