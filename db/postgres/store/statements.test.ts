import pg from 'pg'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Database } from '@/db/database'
import { openDatabase } from '@/db/open'
import { fillPostgres } from '@/testing/bulk-seed/postgres'
import { seedKey } from '@/testing/bulk-seed/seed-values'
import {
  dueFrom,
  LONG_TIMEOUTS,
  laptop,
  newEvent,
  newId,
  newMove,
  newSession,
  newUser,
  rotation,
  START,
} from '@/testing/database/samples'
import { type Cluster, startCluster } from '@/testing/postgres/cluster'

const SESSIONS = 20_000
let cluster: Cluster
let database: Database
let outside: pg.Client
/** The queries that each verb sends. */
const statements = new Map<string, pg.QueryConfig[]>()
const [user, session] = [newUser(), newSession({ userId: '' })]

beforeAll(async () => {
  // A separate server, on which no other test's transaction keeps old row versions from being removed.
  cluster = await startCluster({ settings: { autovacuum: 'off' } })
  const url = await cluster.createDatabase()
  database = await openDatabase(url, LONG_TIMEOUTS)
  outside = new pg.Client(url)
  await outside.connect()
  await fillPostgres(outside, SESSIONS)
  await database.users.create(user)
  await database.sessions.create({ ...session, userId: user.id }, { replaces: null, maxLive: 9 })
  for (const [verb, work] of Object.entries(everyVerb())) statements.set(verb, await sent(work))
})
afterAll(async () => {
  await outside.end()
  await database.close()
  await cluster.dispose()
})

/** The statements that the program sends while `work` is done. */
async function sent(work: () => Promise<unknown>): Promise<pg.QueryConfig[]> {
  const query = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await work()
    return query.mock.calls.map(([config]) => config as unknown as pg.QueryConfig)
  } finally {
    query.mockRestore()
  }
}

function everyVerb(): Record<string, () => Promise<unknown>> {
  const { sessions, users, limiter } = database
  const { id } = session
  const event = newEvent({ sessionId: id, userId: user.id })
  const by = { ...laptop, except: null, moves: newMove(id), provenWith: null }
  const limits = { replaces: newId(), maxLive: 9 }
  const from = { generation: 0, branch: 0 }
  return {
    ping: () => database.ping(),
    now: () => database.now(),
    'sign-in': () => sessions.create(newSession({ userId: user.id }), limits),
    mirror: () => users.mirror({ id: newId(), name: 'Mira', createdAt: START }),
    find: () => sessions.find(id),
    'find for a token': () => sessions.findFor(id, 'jti'),
    retire: () => sessions.retire(newId(), START),
    'user exists': () => sessions.userExists(user.id),
    'find to rotate': () => sessions.findToRotate(id, dueFrom(from, user.id), rotation(1)),
    advance: () => sessions.advance(id, { generation: 1, branch: 0 }, rotation(2)),
    prove: () => sessions.prove(id, START),
    list: () => sessions.list(user.id, START),
    states: () => sessions.states([id, newId()]),
    'name a device': () => sessions.nameDevice(id, user.id, 'Desk'),
    record: () => sessions.record(event, 1000),
    'record always': () => sessions.record(event, 0),
    events: () => sessions.events(id, 5),
    history: () => sessions.history(user.id, 5, null),
    alert: () => sessions.alert(user.id),
    end: () => sessions.end(id, 'signed_out', event),
    'end all': () => sessions.endAll(user.id, 'ended_elsewhere', START, by),
    'find by name': () => users.findByName(user.nameKey),
    'find by id': () => users.findById(user.id),
    'sign-up': () => users.create(newUser()),
    'new password': () => users.setPassword(user.id, newId(), START, by),
    remove: () => users.remove(user),
    'remove all': () => users.removeAll('x.', START, 100),
    consume: () => limiter({ keyPrefix: 'x', points: 9, duration: 60 }).consume('ann'),
    limit: () => limiter({ keyPrefix: 'x', points: 9, duration: 60 }).get('ann'),
    prune: () => database.prune(START, 100),
    age: () => database.age(user.id, 1),
  }
}

it('every verb is one round trip, and its statement has a name under which the server keeps it', () => {
  const texts = new Map<string, string>()
  for (const [verb, sent] of statements) {
    expect(sent, verb).toHaveLength(1)
    const [{ name = '', text } = { text: '' }] = sent
    expect(name, verb).not.toBe('')
    expect(texts.get(name) ?? text, `${name} is one statement`).toBe(text)
    texts.set(name, text)
  }
  expect(texts.size).toBe(Object.keys(everyVerb()).length)
})

it('every statement finds its rows by an index, whether it is planned for its values or for any', async () => {
  for (const [verb, [statement]] of statements) {
    // Any row does.
    if (!statement || verb === 'ping' || verb === 'now') continue
    const { text, values = [] } = statement
    for (const [how, parameters] of [
      ['', values],
      ['GENERIC_PLAN, ', []],
    ] as const) {
      const { rows } = await outside.query(`EXPLAIN (${how}FORMAT JSON) ${text}`, [...parameters])
      const steps = stepsOf(rows[0]['QUERY PLAN'][0].Plan)
      const scans = steps.filter((step) => step['Node Type'] === 'Seq Scan')
      expect(scans, `${verb} ${how}`).toEqual([])
      expect(
        steps.some((step) => step['Node Type']?.includes('Index')),
        verb,
      ).toBe(!['record always', 'retire', 'consume', 'mirror'].includes(verb))
    }
  }
})

it('a rotation stays on its page, and changes no index', async () => {
  const ids = Array.from({ length: 500 }, (_, n) => seedKey('session', n))
  for (let generation = 1; generation <= 2; generation++) {
    const from = { generation: generation - 1, branch: 0 }
    for (const [n, id] of ids.entries()) {
      const { advance, findToRotate } = database.sessions
      if (n % 2 === 0) await advance(id, from, rotation(generation))
      else
        await findToRotate(
          id,
          dueFrom(from, seedKey('user', Math.floor(n / 2))),
          rotation(generation),
        )
    }
  }
  await database.close()
  // Connections report their statistics when they end.
  const counted = async () => {
    const { rows } = await outside.query(
      `SELECT n_tup_upd::int AS all, n_tup_hot_upd::int AS hot FROM pg_stat_user_tables WHERE relname = 'sessions'`,
    )
    return rows[0]
  }
  await expect.poll(async () => (await counted()).all).toBeGreaterThanOrEqual(1000)
  const { all, hot } = await counted()
  expect(hot / all).toBeGreaterThan(0.99)
})

interface Step {
  'Node Type'?: string
  Plans?: Step[]
}
const stepsOf = (plan: Step): Step[] => [plan, ...(plan.Plans ?? []).flatMap(stepsOf)]
