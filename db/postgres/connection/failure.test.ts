import pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { Database, DatabaseTimeouts } from '@/db/database'
import { openDatabase } from '@/db/open'
import { SessionError } from '@/session/errors'
import {
  dueFrom,
  LONG_TIMEOUTS,
  laptop,
  newEvent,
  newId,
  newSession,
  newUser,
  rotation,
  START,
} from '@/testing/database/samples'
import { operate } from '@/testing/database/temporary-postgres'
import { type Cluster, type ClusterOptions, startCluster } from '@/testing/postgres/cluster'

const limits = { replaces: null, maxLive: 1000 }
const first = { generation: 0, branch: 0 }

const END_CONNECTIONS = `
  SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rekindle'`

/** These tests mostly wait, so they run concurrently, each on its own server. */
describe.concurrent('a server that fails', () => {
  it('is stopped and started again while verbs wait, and the verbs succeed', async () => {
    await using test = await open()
    await test.cluster.stop()
    const verbs = everyVerb(test)
    await test.cluster.start()
    expect(await outcomes(verbs)).toEqual({ done: verbs.length })
  })

  it('is killed under load: every verb succeeds in the end, and every acknowledged write is there', async ({
    expect,
  }) => {
    await using test = await open()
    const { database, user, cluster } = test
    const [signedIn, signedOut, failed] = [new Set<string>(), new Set<string>(), [] as unknown[]]
    let isOver = false
    const person = async () => {
      while (!isOver) {
        const session = newSession({ userId: user.id })
        const event = newEvent({ sessionId: session.id, userId: user.id, kind: 'ended' })
        try {
          await database.sessions.create(session, limits)
          signedIn.add(session.id)
          await database.sessions.advance(session.id, first, rotation(1))
          await database.sessions.end(session.id, 'signed_out', event)
          signedOut.add(session.id)
        } catch (error) {
          failed.push(error)
        }
      }
    }
    const storm = Promise.all(Array.from({ length: 8 }, person))
    await expect.poll(() => signedOut.size, { interval: 5 }).toBeGreaterThan(50)
    await cluster.kill9()
    await cluster.start()
    const before = signedOut.size
    await expect.poll(() => signedOut.size, { interval: 5 }).toBeGreaterThan(before)
    isOver = true
    await storm

    expect(failed).toEqual([])
    for (const id of signedIn) {
      const endedReason = signedOut.has(id) ? 'signed_out' : null
      expect(await database.sessions.find(id)).toMatchObject({ endedReason })
    }
  })

  it('is frozen: every verb is unavailable while it is, and no answer is mixed up later', async ({
    expect,
  }) => {
    await using test = await open({ timeoutMs: 4000 })
    const { database, session, cluster } = test
    await Promise.all(everyVerb(test).map((verb) => verb.catch(() => {})))
    cluster.pause()
    const verbs = everyVerb(test)
    expect(await outcomes(verbs)).toEqual({ unavailable: verbs.length })
    expect(await outcomes(everyVerb(test))).toEqual({ unavailable: verbs.length })
    cluster.resume()
    // Until the server has answered once, verbs have less time.
    await expect.poll(() => outcomes([database.ping()])).toEqual({ done: 1 })
    const found = await Promise.all(
      Array.from({ length: 20 }, () => database.sessions.find(session.id)),
    )
    expect(found.every((row) => row?.id === session.id)).toBe(true)
    expect(await outcomes(everyVerb(test))).toEqual({ done: verbs.length })
  })

  it('ends every connection, idle and busy ones, and every verb succeeds', async () => {
    await using test = await open()
    for (let round = 0; round < 5; round++) {
      const verbs = everyVerb(test)
      await operate(test.url, END_CONNECTIONS)
      expect(await outcomes(verbs)).toEqual({ done: verbs.length })
      await operate(test.url, END_CONNECTIONS)
    }
  })

  it('has fewer connections than the program asks for, and every verb succeeds', async () => {
    await using test = await open(LONG_TIMEOUTS, {
      settings: { max_connections: '7', reserved_connections: '0' },
    })
    const verbs = [1, 2, 3].flatMap(() => everyVerb(test))
    expect(await outcomes(verbs)).toEqual({ done: verbs.length })
    expect(test.cluster.log()).toContain('too many clients')
  })

  it('only reads, as one that was demoted: writes are unavailable, until it is not', async () => {
    await using test = await open({ timeoutMs: 6000 })
    const { database, session, url, cluster } = test
    const name = new URL(url).pathname.slice(1)
    const demote = (isReadOnly: string) =>
      operate(
        cluster.url('postgres'),
        `ALTER DATABASE ${name} SET default_transaction_read_only = ${isReadOnly}`,
      )
    await demote('on')
    await operate(url, END_CONNECTIONS)
    const advance = () => database.sessions.advance(session.id, first, rotation(1))
    const rotate = () =>
      database.sessions.findToRotate(session.id, dueFrom(first, session.userId), rotation(1))
    expect(await outcomes([advance(), rotate()])).toEqual({ unavailable: 2 })
    expect(await database.sessions.find(session.id)).toMatchObject({ generation: 0 })
    const again = advance()
    await demote('off')
    expect(await again).toBe(true)
  })

  it('holds a lock longer than a verb has time: writes are unavailable, reads go on, and nothing is left waiting', async ({
    expect,
  }) => {
    await using test = await open({ timeoutMs: 4000 })
    const { database, session, url } = test
    const outsider = new pg.Client(url)
    await outsider.connect()
    await outsider.query('BEGIN')
    await outsider.query('SELECT FROM sessions FOR UPDATE')
    const write = database.sessions.advance(session.id, first, rotation(1))
    expect(await database.sessions.find(session.id)).toMatchObject({ generation: 0 })
    expect(await outcomes([write])).toEqual({ unavailable: 1 })
    const waiting = `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock'`
    await expect.poll(async () => (await operate(url, waiting)).rows[0].count).toBe(0)
    await outsider.query('COMMIT')
    await outsider.end()
    expect(await database.sessions.find(session.id)).toMatchObject({ generation: 0 })
    expect(await database.sessions.advance(session.id, first, rotation(1))).toBe(true)
  })
})

describe('a failure', () => {
  it('of the database is an outage, of the program a plain error that repeats no value', async () => {
    await using test = await open()
    const { database, session, user, url } = test
    const timeless = { ...newSession({ userId: user.id }), createdAt: null as never }
    const mistaken = await database.sessions.create(timeless, limits).catch((error) => error)
    expect(mistaken).toBeInstanceOf(Error)
    expect(mistaken).not.toBeInstanceOf(SessionError)
    const nameless = { ...newUser({ passwordHash: '$argon2id$secret' }), nameKey: null as never }
    const refused = await database.users.create(nameless).catch((error) => error)
    expect(refused).toMatchObject({ code: '23502' })
    expect(
      JSON.stringify(Object.getOwnPropertyNames(refused).map((name) => refused[name])),
    ).not.toContain('argon2id')
    const ofNobody = newEvent({ sessionId: session.id, userId: newId() })
    expect(await outcomes([database.sessions.record(ofNobody, 0)])).toEqual({ unavailable: 1 })
    await operate(url, 'DROP TABLE sessions')
    const verbs = [database.sessions.find(session.id), database.prune(0, 1)]
    expect(await outcomes(verbs)).toEqual({ unavailable: 2 })
    expect(await database.users.findById(user.id)).not.toBeNull()
  })
})

interface Test extends AsyncDisposable {
  readonly cluster: Cluster
  readonly url: string
  readonly database: Database
  readonly user: ReturnType<typeof newUser>
  readonly session: ReturnType<typeof newSession>
}

async function open(
  timeouts: DatabaseTimeouts = LONG_TIMEOUTS,
  options?: ClusterOptions,
): Promise<Test> {
  const cluster = await startCluster(options)
  const url = await cluster.createDatabase()
  const database = await openDatabase(url, { ...LONG_TIMEOUTS, ...timeouts })
  const user = newUser()
  const session = newSession({ userId: user.id })
  await database.users.create(user)
  await database.sessions.create(session, limits)
  return {
    ...{ cluster, url, database, user, session },
    async [Symbol.asyncDispose]() {
      await database.close()
      await cluster.dispose()
    },
  }
}

/** Starts every verb, each on its own rows, so that each can succeed whatever the others do. */
function everyVerb({ database, user, session }: Test): Promise<unknown>[] {
  const { sessions, users } = database
  const event = newEvent({ sessionId: session.id, userId: user.id })
  return [
    database.ping(),
    database.prune(START, 1),
    sessions.create(newSession({ userId: user.id }), limits),
    sessions.find(session.id),
    sessions.findFor(session.id, 'jti'),
    sessions.retire(newId(), START),
    sessions.userExists(user.id),
    sessions.advance(newId(), first, rotation(1)),
    sessions.findToRotate(newId(), dueFrom(first, user.id), rotation(1)),
    sessions.end(newId(), 'signed_out', event),
    sessions.endAll(newId(), 'signed_out', START, { ...laptop, except: null }),
    sessions.prove(newId(), START),
    sessions.list(user.id, START),
    sessions.record(event, 1000),
    sessions.events(session.id, 1),
    sessions.history(user.id, 1, null),
    sessions.alert(user.id),
    users.findByName(user.nameKey),
    users.findById(user.id),
    users.create(newUser()),
    users.setPassword(newId(), 'hash', START, { ...laptop, moves: null, provenWith: null }),
    users.remove(newUser()),
  ]
}

/** Counts how many verbs succeeded, and how many failed, by code. */
async function outcomes(verbs: Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const settled of await Promise.allSettled(verbs)) {
    const outcome =
      settled.status === 'fulfilled' ? 'done' : (settled.reason.code ?? settled.reason)
    counts[outcome] = (counts[outcome] ?? 0) + 1
  }
  return counts
}
