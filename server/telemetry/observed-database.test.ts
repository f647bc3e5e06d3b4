import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/database'
import { SessionError } from '@/session/errors'
import { newEvent } from '@/testing/database/samples'
import type { TestDatabase } from '@/testing/database/suite'
import { openTemporary } from '@/testing/database/temporary-sqlite'
import { captureLog } from '@/testing/server/captured-log'
import { metrics } from './metrics'
import { observeDatabase } from './observed-database'

let test: TestDatabase
let database: Database
let log: ReturnType<typeof captureLog>
beforeEach(async () => {
  test = await openTemporary()
  database = observeDatabase(test.database)
  log = captureLog()
})
afterEach(async () => {
  log.stop()
  await test.dispose()
})

const errors = async (verb: string) =>
  (await metrics().verbErrors.get()).values.find(({ labels }) => labels.verb === verb)?.value ?? 0
const events = () => log.lines().map(({ event }) => event)

it('has every verb that the database has, and answers as it does', async () => {
  for (const port of ['sessions', 'users'] as const) {
    expect(Object.keys(database[port]).sort()).toEqual(Object.keys(test.database[port]).sort())
  }
  expect(await database.sessions.find('nobody')).toBeNull()
  await database.ping()
})

it('F12 logs an outage of the database once, however many verbs fail', async () => {
  await test.database.close()
  const calls = Array.from({ length: 50 }, () => database.sessions.find('x'))
  const results = await Promise.allSettled(calls)
  expect(results.every(({ status }) => status === 'rejected')).toBe(true)
  expect(await errors('sessions.find')).toBe(50)
  expect(events()).toEqual(['database_unavailable'])
  expect(log.lines()[0]).toMatchObject({ level: 'error', verb: 'sessions.find' })
})

it('does not log a bug as an outage', async () => {
  await expect(database.users.create({} as never)).rejects.not.toBeInstanceOf(SessionError)
  expect(await errors('users.create')).toBe(1)
  expect(events()).toEqual([])
})

it('logs no event if no session ended', async () => {
  const event = newEvent({ kind: 'ended', sessionId: 'x', userId: 'y' })
  expect(await database.sessions.end('x', 'signed_out', event)).toBe(false)
  expect(await database.sessions.endAll('y', 'signed_out', 0, { ...event, except: null })).toBe(0)
  expect(events()).toEqual([])
})
