import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/database'
import { openDatabase } from '@/db/open'
import {
  dueFrom,
  LONG_TIMEOUTS,
  laptop,
  newEvent,
  newMove,
  newSession,
  newUser,
  rotation,
  START,
} from '@/testing/database/samples'
import { createDatabase } from '@/testing/database/temporary-postgres'
import { openTcpProxy, type TcpProxy } from '@/testing/postgres/tcp-proxy'

const limits = { replaces: null, maxLive: 100 }
const user = newUser()
const session = newSession({ userId: user.id })
let test: Awaited<ReturnType<typeof createDatabase>>
let proxy: TcpProxy
let database: Database

beforeEach(async () => {
  test = await createDatabase()
  proxy = await openTcpProxy(Number(new URL(test.url).port))
  database = await openDatabase(proxy.url(test.url), { ...LONG_TIMEOUTS, timeoutMs: 4000 })
  await database.users.create(user)
  await database.sessions.create(session, limits)
})
afterEach(async () => {
  await database.close()
  await proxy.close()
  await test.drop()
})

const { id } = session
const kinds = async (of: string) => (await database.sessions.events(of, 100)).map((e) => e.kind)

it('a sign-in with a lost answer is done once, and so is a sign-up', async () => {
  const [other, second] = [newUser(), newSession({ userId: user.id })]
  proxy.dropNextResponse()
  expect(await database.sessions.create(second, { replaces: id, maxLive: 1 })).toBe(true)
  expect(await kinds(second.id)).toEqual(['signed_in'])
  expect(await kinds(id)).toEqual(['ended', 'signed_in'])
  expect(await database.sessions.list(user.id, START)).toMatchObject([{ id: second.id }])
  proxy.dropNextResponse()
  expect(await database.users.create(other)).toBe(true)
  proxy.dropNextResponse()
  expect(await database.users.create({ ...newUser(), nameKey: other.nameKey })).toBe(false)
})

it('an end with a lost answer says that it ended the session, and records it once', async () => {
  const event = newEvent({ sessionId: id, userId: user.id, kind: 'reuse_detected', at: START + 1 })
  proxy.dropNextResponse()
  expect(await database.sessions.end(id, 'reused', event)).toBe(true)
  expect(await kinds(id)).toEqual(['reuse_detected', 'signed_in'])
  proxy.dropNextResponse()
  expect(await database.sessions.end(id, 'reused', { ...event, at: START + 2 })).toBe(false)
})

it('a password with a lost answer is set once, and recorded once', async () => {
  const by = { ...laptop, moves: newMove(id), provenWith: user.passwordHash }
  proxy.dropNextResponse()
  expect(await database.users.setPassword(user.id, 'new', START + 1, by)).toMatchObject({
    moved: true,
  })
  expect(await database.users.findById(user.id)).toMatchObject({ passwordHash: 'new' })
  expect(await kinds(by.moves.to)).toEqual(['password_changed'])
  expect(await database.sessions.list(user.id, START)).toMatchObject([{ id: by.moves.to }])
})

it('a removal with a lost answer says that it removed the user', async () => {
  proxy.dropNextResponse()
  expect(await database.users.remove(user)).toBe(true)
  expect(await database.users.findById(user.id)).toBeNull()
})

it('a rotation with a lost answer says false, so that the caller reads again', async () => {
  proxy.dropNextResponse()
  const moved = await database.sessions.advance(id, { generation: 0, branch: 0 }, rotation(1))
  expect(moved).toBe(false)
  expect(await database.sessions.find(id)).toMatchObject({ generation: 1 })
})

it('a rotation with a lost answer, made by the statement that reads, finds the row moved', async () => {
  proxy.dropNextResponse()
  const due = dueFrom({ generation: 0, branch: 0 }, user.id)
  const found = await database.sessions.findToRotate(id, due, rotation(1))
  expect(found).toMatchObject({ rotated: false, session: { generation: 1, renewals: 1 } })
})

it('connections that died without closing lose no answer, and only the first costs time', async () => {
  const reads = () => Promise.all(Array.from({ length: 10 }, () => database.sessions.find(id)))
  await reads()
  proxy.stall()
  const found = await reads()
  expect(found.every((row) => row?.id === id)).toBe(true)
  await Promise.all([
    reads(),
    database.sessions.record(newEvent({ sessionId: id, userId: user.id }), 0),
  ])
  proxy.stall()
  await database.sessions.find(id)
  const waited = proxy.unanswered()
  expect(waited).toBe(11)
  await reads()
  expect(proxy.unanswered()).toBe(waited)
})
