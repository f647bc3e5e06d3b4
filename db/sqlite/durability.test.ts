import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { laptop, newEvent, newSession, newUser, rotation, START } from '@/testing/database/samples'
import { temporaryDirectory } from '@/testing/database/temporary-sqlite'
import { openConnection } from './connection'
import { sqliteSessions } from './store/store'
import { sqliteUsers } from './store/users'

it('signs in, ends, and changes people on disk, and rotates without waiting for it', async () => {
  const directory = temporaryDirectory()
  const connection = await openConnection(join(directory.path, 'test.db'))
  const { client } = connection

  // A trigger records the level of `synchronous` whenever a row changes.
  let level = client.pragma('synchronous', { simple: true }) === 1 ? 'NORMAL' : 'FULL'
  const pragma = client.pragma.bind(client)
  vi.spyOn(client, 'pragma').mockImplementation((source, options) => {
    level = /synchronous = (\w+)/.exec(source)?.[1] ?? level
    return pragma(source, options)
  })
  const seen = new Set<string>()
  client.function('note', () => void seen.add(level))
  for (const table of ['users', 'sessions', 'session_events']) {
    for (const verb of ['INSERT', 'UPDATE', 'DELETE']) {
      client.exec(
        `CREATE TEMP TRIGGER ${verb}_${table} AFTER ${verb} ON main.${table} BEGIN SELECT note(); END`,
      )
    }
  }
  const sessions = sqliteSessions(connection)
  const users = sqliteUsers(connection)
  const levelOf = async (work: Promise<unknown>) => {
    await work
    const levels = [...seen]
    seen.clear()
    return levels.join()
  }

  const user = newUser()
  const userId = user.id
  const session = newSession({ userId })
  const { id } = session
  const event = newEvent({ sessionId: id, userId })
  const by = { ...laptop, except: null, moves: null, provenWith: null }
  const limits = { replaces: null, maxLive: 9 }

  expect(await levelOf(users.create(user))).toBe('FULL')
  expect(await levelOf(sessions.create(session, limits))).toBe('FULL')
  expect(await levelOf(sessions.advance(id, session0, rotation(1)))).toBe('NORMAL')
  expect(await levelOf(sessions.record(event, 0))).toBe('NORMAL')
  expect(await levelOf(sessions.end(id, 'signed_out', event))).toBe('FULL')
  await sessions.create(newSession({ userId }), limits)
  seen.clear()
  expect(await levelOf(sessions.endAll(userId, 'ended_elsewhere', START, by))).toBe('FULL')
  expect(await levelOf(users.setPassword(userId, 'new', START, by))).toBe('FULL')
  const timeless = { ...newSession({ userId, passwordHash: 'new' }), createdAt: null as never }
  await expect(sessions.create(timeless, limits)).rejects.toThrow()
  expect(client.pragma('synchronous', { simple: true })).toBe(1)
  expect(await levelOf(users.remove({ id: userId, passwordHash: 'new' }))).toContain('FULL')
  client.close()
  directory.remove()
})

const session0 = { generation: 0, branch: 0 }
