import { expect, it } from 'vitest'
import { newUser } from '@/testing/database/samples'
import { openServer } from '@/testing/server/suite'
import { addUser } from '../auth/account/account'
import { KEPT_MS, LAB_USER_PREFIX } from './leftovers'

it('a hundred visitors leave nothing behind after an hour, and people keep everything', async () => {
  const server = await openServer({ LAB: '1' })
  const { database, lab, clock } = server
  const person = await addUser('lab visitor', 'keep-me-signed-in')
  const kept = await server.startSession(person)
  const createdAt = clock()
  const visitors = Array.from({ length: 100 }, (_, n) =>
    newUser({ id: `${LAB_USER_PREFIX}${n}`, createdAt }),
  )
  const left = []
  for (const visitor of visitors) {
    await database.users.create(visitor)
    left.push(await server.startSession(visitor))
  }
  const sweep = (now: number) => lab?.leftovers.prune(now, 1000)

  expect(await sweep(createdAt + KEPT_MS)).toBe(0)
  expect(await sweep(createdAt + KEPT_MS + 1)).toBe(100)
  for (const [n, { sessionId, userId }] of left.entries()) {
    expect(await database.users.findById(`${visitors[n]?.id}`)).toBeNull()
    expect(await database.sessions.find(sessionId)).toBeNull()
    expect(await database.sessions.history(userId, 9, null)).toEqual([])
  }
  expect(await database.sessions.find(kept.sessionId)).not.toBeNull()
  expect(await sweep(Number.MAX_SAFE_INTEGER)).toBe(0)
  await server.dispose()
})

it('a server without LAB=1 has no lab', async () => {
  const server = await openServer()
  expect(server.lab).toBeNull()
  await server.dispose()
})
