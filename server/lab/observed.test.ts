import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rotation } from '@/testing/database/samples'
import { openServer, type TestServer } from '@/testing/server/suite'
import { addUser } from '../auth/account/account'
import { withinRequest } from '../http/request-context'
import type { LabEvent } from './event'
import { observeEngine, observeStore } from './observed'
import { readRefreshToken } from './refresh-token'
import { SceneRun } from './run'

let server: TestServer
beforeAll(async () => {
  server = await openServer()
})
afterAll(() => server.dispose())

const client = { address: '192.0.2.1', userAgent: 'Browser/1' }
/** Does `work` within a request with this id. */
const during = <T>(id: string, work: () => Promise<T>) =>
  withinRequest({ get: () => id }, () => work())

/** A run, the wrappers that know it alone, and what it was told. */
function openRun() {
  const events: LabEvent[] = []
  const { database, engine, clock, config } = server
  const run = new SceneRun({
    ...{ clock, appOrigin: config.appOrigin, ownOrigin: config.internalOrigin },
    ...{ accessTokenMs: config.accessTokenMs, graceMs: config.graceMs },
    ...{ emit: (event) => void events.push(event), signal: new AbortController().signal },
  })
  const findRun = (id: string | null) =>
    id?.startsWith(`${run.name}-`) ? { run, request: Number(id.split('-').at(-1)) } : null
  const store = observeStore(database.sessions, findRun)
  return { run, events, store, engine: observeEngine(engine, findRun, { ...config, clock }) }
}

it('a rotation of a scene is left to the step after the decision, and any other is not', async () => {
  const user = await addUser('bea', 'keep-me-in')
  const { sessionId: id, refresh } = await server.startSession(user)
  const { run, store } = openRun()
  const { position } = readRefreshToken(`${refresh?.token}`)
  const now = server.clock()
  const due = { from: position, userId: user.id, issuedBefore: now + 1, receivedAt: now }
  const rotate = () => store.findToRotate(id, due, rotation(1))
  const [inScene, outside] = [`${run.name}-1`, 'any-request']
  expect(await during(inScene, rotate)).toMatchObject({ rotated: false })
  expect(run.rowReadBy(1)).toMatchObject({ generation: 0 })
  expect(await store.find(id)).toMatchObject({ generation: 0 })
  expect(await during(outside, rotate)).toMatchObject({ rotated: true })
  expect(await store.find(id)).toMatchObject({ generation: 1 })
})

describe('a fault of a scene', () => {
  it('meets the requests of its run, and no other', async () => {
    const { sessionId, refresh } = await server.startSession(await addUser('ann', 'keep-me-in'))
    const { run, store, engine, events } = openRun()
    const other = openRun()
    const present = () =>
      engine.refresh({
        ...{ tokens: [`${refresh?.token}`], accessOnly: true, jar: true, challenges: [], client },
      })
    await run.withFault('database', async () => {
      const unavailable = { code: 'unavailable' }
      await expect(during(`${run.name}-1`, () => store.find(sessionId))).rejects.toMatchObject(
        unavailable,
      )
      for (const id of [`${other.run.name}-1`, 'lab-of-a-stranger', 'any-request']) {
        expect(await during(id, () => store.find(sessionId))).not.toBeNull()
      }
    })
    await run.withFault('refresh route', async () => {
      await expect(during(`${run.name}-2`, present)).rejects.toMatchObject({ code: 'unavailable' })
      expect(await during(`${other.run.name}-2`, present)).toMatchObject({ sessionId })
      expect(await during('any-request', present)).toMatchObject({ sessionId })
    })
    expect(await during(`${run.name}-3`, present)).toMatchObject({ sessionId })
    expect(events.filter((event) => event.kind === 'refreshing')).toHaveLength(2)
    expect(other.events).toEqual([])
  })

  it('ends when what it was made for ends, however that ends', async () => {
    const { run, store } = openRun()
    const failing = run.withFault('database', () => Promise.reject(new Error('the scene failed')))
    await expect(failing).rejects.toThrow('the scene failed')
    expect(await during(`${run.name}-1`, () => store.find('none'))).toBeNull()
  })
})

it('a run sends so many requests and no more, and none once it was stopped', () => {
  const { run } = openRun()
  const jar = { access: false, refresh: null, challenge: false }
  const send = () => run.sent({ by: 'x', tab: 1, method: 'GET', path: '/', jar, again: false })
  for (let n = 1; n <= 300; n++) expect(send().request).toBe(n)
  expect(send).toThrow('too many requests')
})
