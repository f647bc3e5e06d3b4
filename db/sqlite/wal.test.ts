import { statSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { LONG_TIMEOUTS, newSession, newUser, rotation } from '@/testing/database/samples'
import { temporaryDirectory } from '@/testing/database/temporary-sqlite'
import type { Database } from '../database'
import { openDatabase } from '../open'

vi.setConfig({ testTimeout: 60_000 })

const MB = 1024 * 1024
let directory: ReturnType<typeof temporaryDirectory>
let database: Database
let id: string
let generation: number

beforeEach(async () => {
  directory = temporaryDirectory()
  database = await openDatabase(`file:${file()}`, LONG_TIMEOUTS)
  const user = newUser()
  await database.users.create(user)
  const session = newSession({ userId: user.id })
  await database.sessions.create(session, { replaces: null, maxLive: 100 })
  id = session.id
  generation = 0
})
afterEach(async () => {
  await database.close()
  directory.remove()
})

const file = () => join(directory.path, 'test.db')
const walBytes = () => statSync(`${file()}-wal`).size

async function advance(times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    const from = { generation, branch: 0 }
    if (!(await database.sessions.advance(id, from, rotation(++generation))))
      throw new Error('lost')
  }
}

it('stays small over twenty thousand rotations, with another process reading', async () => {
  const reader = new Sqlite(file(), { readonly: true })
  const read = reader.prepare('SELECT generation FROM sessions WHERE id = ?').pluck()
  for (let n = 0; n < 200; n++) {
    await advance(100)
    expect(read.get(id)).toBe(generation)
  }
  expect(walBytes()).toBeLessThan(8 * MB)
  reader.close()
})

it('shrinks again once a long reader has left', async () => {
  const reader = new Sqlite(file(), { readonly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM sessions').get()
  await advance(6000)
  expect(walBytes()).toBeGreaterThan(17 * MB)
  reader.exec('COMMIT')
  await advance(10)
  expect(walBytes()).toBeLessThanOrEqual(16 * MB)
  reader.close()
})

it('stays small over twenty thousand counted attempts', async () => {
  const limiter = database.limiter({ keyPrefix: 'x', points: 1e6, duration: 60 })
  for (let n = 0; n < 20_000; n++) await limiter.consume('ann')
  expect(walBytes()).toBeLessThan(8 * MB)
})
