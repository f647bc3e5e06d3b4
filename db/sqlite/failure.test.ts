import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SessionError } from '@/session/errors'
import {
  LONG_TIMEOUTS,
  newEvent,
  newId,
  newSession,
  newUser,
  rotation,
} from '@/testing/database/samples'
import { temporaryDirectory } from '@/testing/database/temporary-sqlite'
import type { Database } from '../database'
import { openDatabase } from '../open'

const limits = { replaces: null, maxLive: 100 }
const first = { generation: 0, branch: 0 }
let directory: ReturnType<typeof temporaryDirectory>
let database: Database
let outside: Sqlite.Database
const session = newSession({ userId: newId() })

beforeEach(async () => {
  directory = temporaryDirectory()
  const file = join(directory.path, 'test.db')
  database = await openDatabase(`file:${file}`, LONG_TIMEOUTS)
  await database.users.create(newUser({ id: session.userId }))
  await database.sessions.create(session, limits)
  outside = new Sqlite(file)
})
afterEach(async () => {
  outside.close()
  await database.close()
  directory.remove()
})

const advance = (by: Database) => by.sessions.advance(session.id, first, rotation(1))

/** How long `work` blocks this process, in milliseconds. */
function blockedMs(work: () => void): number {
  const from = performance.now()
  work()
  return performance.now() - from
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

it('a lock that is held longer than a verb may take makes writes unavailable', async () => {
  const impatient = await openDatabase(`file:${outside.name}`, { timeoutMs: 50 })
  outside.exec('BEGIN IMMEDIATE')
  const patient = failure(advance(database))
  const error = await failure(advance(impatient))
  await impatient.close()
  outside.exec('ROLLBACK')
  expect(error).toMatchObject({ code: 'unavailable', cause: { code: 'SQLITE_BUSY' } })
  expect(await patient).toBeNull()
})

it('a write waits for a lock while everything else goes on, and is done when the lock is gone', async () => {
  outside.exec('BEGIN IMMEDIATE')
  const limiter = database.limiter({ keyPrefix: 'x', points: 9, duration: 60 })
  const writes: Promise<unknown>[] = [limiter.consume('ann')]
  const blocked = [
    () => advance(database),
    () => database.sessions.create(newSession({ userId: session.userId }), limits),
  ].map((write) => blockedMs(() => writes.push(write())))
  expect(await database.sessions.find(session.id)).toMatchObject({ generation: 0 })
  // SQLite's own wait blocks the whole process. BUSY_TIMEOUT_MS is a hundredth of the two seconds that a verb has.
  const waiting = new Sqlite(outside.name, { timeout: 2000 })
  const wholly = blockedMs(() => expect(() => waiting.exec('BEGIN IMMEDIATE')).toThrow('locked'))
  waiting.close()
  expect(Math.min(...blocked)).toBeLessThan(wholly)
  outside.exec('ROLLBACK')
  expect(await Promise.all(writes)).toMatchObject([{ consumedPoints: 1 }, true, true])
  expect(await limiter.get('ann')).toMatchObject({ consumedPoints: 1 })
})

it('a table that is gone is an outage', async () => {
  outside.exec('DROP TABLE sessions')
  for (const work of [database.sessions.find(session.id), database.prune(0, 1)]) {
    expect(await failure(work)).toMatchObject({ code: 'unavailable' })
  }
})

it('a mistake of the program stays a plain error', async () => {
  const timeless = { ...newSession({ userId: session.userId }), createdAt: null as never }
  const error = await failure(database.sessions.create(timeless, limits))
  expect(error).not.toBeInstanceOf(SessionError)
  expect(error).toMatchObject({ code: 'SQLITE_CONSTRAINT_NOTNULL' })
  // @ts-expect-error A caller that ignores the types.
  expect(await failure(database.sessions.find(Symbol('id')))).toBeInstanceOf(TypeError)
})

it('an event of someone who was just removed can be tried again', async () => {
  const event = newEvent({ sessionId: session.id, userId: newId() })
  const error = await failure(database.sessions.record(event, 0))
  expect(error).toMatchObject({ code: 'unavailable' })
})
