import { afterAll, beforeAll, expect, it } from 'vitest'
import { newUser } from '@/testing/database/samples'
import { openServer, type TestServer } from '@/testing/server/suite'
import { endSession, endSessionsOf } from './operator'

const SHELL = { address: 'shell', userAgent: '' }

let server: TestServer
beforeAll(async () => {
  server = await openServer()
})
afterAll(() => server.dispose())

it('an operator who ends sessions leaves the same events as a person who does', async () => {
  const { database, engine } = server
  const user = newUser({ name: 'Ann', nameKey: 'ann' })
  await database.users.create(user)
  const start = async () => (await server.startSession(user)).sessionId
  const phone = { address: '192.0.2.2', userAgent: 'Phone/1' }
  const eventsOf = async (sessionId: string) => {
    const events = await database.sessions.events(sessionId, 9)
    return events.map(({ id: _, at: __, ...event }) => event)
  }

  const [endedByPerson, endedByOperator] = [await start(), await start()]
  await engine.end(endedByPerson, 'ended_elsewhere', phone, user.id)
  await endSession(endedByOperator)
  const [byPerson, signedIn] = await eventsOf(endedByPerson)
  const asOperator = (sessionId: string) => [
    { ...byPerson, ...SHELL, sessionId },
    { ...signedIn, sessionId },
  ]
  expect(byPerson).toMatchObject({ kind: 'ended', detail: 'ended_elsewhere', ...phone })
  expect(await eventsOf(endedByOperator)).toEqual(asOperator(endedByOperator))

  const rest = [await start(), await start()]
  expect(await endSessionsOf('ann')).toBe(2)
  for (const id of rest) expect(await eventsOf(id)).toEqual(asOperator(id))
})
