import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { LONG_TIMEOUTS, newSession, newUser, rotation } from '@/testing/database/samples'
import { createDatabase, operate } from '@/testing/database/temporary-postgres'
import { openDatabase } from '../open'
import { withRetry } from './connection/retry'
import { migrate, readMigrations } from './migration'

let test: Awaited<ReturnType<typeof createDatabase>>
beforeEach(async () => {
  test = await createDatabase()
})
afterEach(() => test.drop())

/** A migration that a next version may add. */
const next = {
  sql: ['ALTER TABLE sessions ADD COLUMN note text', 'ALTER TABLE users ADD COLUMN note text'],
  hash: 'next',
  folderMillis: 9e12,
  bps: true,
}

const isWaiting = async () =>
  (await operate(test.url, `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)).rows
    .length > 0

it('the old version serves while a new one migrates, though a long reader is in the way, and after', async () => {
  const old = await openDatabase(test.url, LONG_TIMEOUTS)
  const user = newUser()
  const session = newSession({ userId: user.id })
  await old.users.create(user)
  await old.sessions.create(session, { replaces: null, maxLive: 9 })
  const [reader, client] = [new pg.Client(test.url), new pg.Client(test.url)]
  await Promise.all([reader.connect(), client.connect()])
  await reader.query('BEGIN')
  await reader.query('SELECT count(*) FROM sessions')

  let isDone = false
  const migration = withRetry(() => migrate(client, [...readMigrations(), next]), 600_000)
  const done = migration.then(() => {
    isDone = true
  })
  let generation = 0
  const refresh = async () => {
    const at = { generation: generation++, branch: 0 }
    expect(await old.sessions.advance(session.id, at, rotation(generation))).toBe(true)
    expect(await old.sessions.find(session.id)).toMatchObject({ generation })
  }
  // The migration gives up its lock, which lets the queued statements through, and tries again.
  for (let asked = 0; asked < 3; asked += Number(await isWaiting())) await refresh()
  expect(isDone).toBe(false)
  await reader.query('COMMIT')
  await done
  await refresh()
  expect(await old.users.findById(user.id)).toMatchObject({ name: user.name })
  await Promise.all([reader.end(), client.end(), old.close()])
})

it('a start that finds nothing to change needs no right to change anything', async () => {
  await (await openDatabase(test.url, LONG_TIMEOUTS)).close()
  const role = `reader_${Math.random().toString(36).slice(2)}`
  await operate(
    test.url,
    `CREATE ROLE ${role} LOGIN PASSWORD 'x';
     GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`,
  )
  const url = new URL(test.url)
  Object.assign(url, { username: role, password: 'x' })
  const database = await openDatabase(url.href, LONG_TIMEOUTS)
  expect(await database.users.create(newUser())).toBe(true)
  await database.close()
  await operate(test.url, 'DELETE FROM __drizzle_migrations')
  await expect(openDatabase(url.href)).rejects.toThrow(/^DATABASE_URL: .*permission denied/)
  await operate(test.url, `DROP OWNED BY ${role}; DROP ROLE ${role}`)
})

it('a migration that fails leaves nothing half done', async () => {
  await operate(test.url, 'CREATE TABLE users (id integer)')
  await expect(openDatabase(test.url)).rejects.toThrow(/^DATABASE_URL: .*already exists/)
  const tables = `SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public'`
  expect((await operate(test.url, tables)).rows).toEqual([{ count: 1 }])
})
