import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '@/db/database'
import { openDatabase } from '@/db/open'
import {
  DAY,
  LONG_TIMEOUTS,
  laptop,
  newEvent,
  newSession,
  newUser,
  START,
} from '@/testing/database/samples'
import { type Cluster, startCluster } from '@/testing/postgres/cluster'

let cluster: Cluster
let database: Database
let outsider: pg.Client
let watcher: pg.Client

beforeAll(async () => {
  cluster = await startCluster({ settings: { deadlock_timeout: '20ms' } })
  const url = await cluster.createDatabase()
  database = await openDatabase(url, LONG_TIMEOUTS)
  ;[outsider, watcher] = [new pg.Client(url), new pg.Client(url)]
  await Promise.all([outsider.connect(), watcher.connect()])
})
afterAll(async () => {
  await Promise.all([outsider.end(), watcher.end()])
  await database.close()
  await cluster.dispose()
})

const [ann, bob] = [newUser(), newUser()]
// The order of the ids is neither the order in which the sessions began nor the one in which they end.
const sessions = {
  a1: newSession({ id: 'a1', userId: ann.id, createdAt: START - 1, expiresAt: START + 2 * DAY }),
  a2: newSession({ id: 'a2', userId: ann.id, createdAt: START, expiresAt: START + DAY }),
  b1: newSession({ id: 'b1', userId: bob.id, createdAt: START }),
}

beforeEach(async () => {
  await outsider.query('DELETE FROM users')
  for (const user of [ann, bob]) await database.users.create(user)
  for (const session of Object.values(sessions)) await signIn(session)
})

const signIn = (
  session: Parameters<Database['sessions']['create']>[0],
  limits: { replaces?: string; maxLive?: number } = {},
) => database.sessions.create(session, { replaces: null, maxLive: 100, ...limits })
const event = (id: 'a1' | 'a2' | 'b1') =>
  newEvent({ sessionId: id, userId: sessions[id].userId, kind: 'ended' })

const verbs = {
  'the removal of Ann': () => database.users.remove(ann),
  'the end of a session': () => database.sessions.end('a1', 'signed_out', event('a1')),
  'the end of all': () =>
    database.sessions.endAll(ann.id, 'ended_elsewhere', START, { ...laptop, except: null }),
  'a new password': () =>
    database.users.setPassword(ann.id, 'new', START, {
      ...laptop,
      moves: null,
      provenWith: null,
    }),
  'an event': () => database.sessions.record(event('a1'), 1000),
  'a sign-in in place of Ann’s session': () =>
    signIn(newSession({ userId: bob.id }), { replaces: 'a1' }),
  'a sign-in of Bob that ends a1 and b1': () =>
    signIn(newSession({ userId: bob.id }), { replaces: 'a1', maxLive: 1 }),
  'a sign-in of Ann that ends b1 and a1': () =>
    signIn(newSession({ userId: ann.id }), { replaces: 'b1', maxLive: 2 }),
  'a sign-in of Ann that ends all of hers': () =>
    signIn(newSession({ userId: ann.id }), { maxLive: 1 }),
  pruning: () => database.prune(START + 3 * DAY, 10),
} satisfies Record<string, () => Promise<unknown>>

const meetings: [keyof typeof verbs, keyof typeof verbs][] = [
  ['the end of a session', 'the removal of Ann'],
  ['the end of all', 'the removal of Ann'],
  ['a new password', 'the removal of Ann'],
  ['an event', 'the removal of Ann'],
  ['a sign-in in place of Ann’s session', 'the removal of Ann'],
  ['a sign-in of Bob that ends a1 and b1', 'a sign-in of Ann that ends b1 and a1'],
  ['a sign-in of Ann that ends all of hers', 'the end of all'],
  ['a sign-in of Ann that ends all of hers', 'a new password'],
  ['a new password', 'a sign-in of Ann that ends all of hers'],
  ['a new password', 'a sign-in in place of Ann’s session'],
  ['the removal of Ann', 'pruning'],
  ['the end of all', 'pruning'],
]

it.each(meetings)(
  '%s, held up half-way, and %s are in each other’s way for a while, not for ever',
  async (first, second) => {
    const from = cluster.log().length
    await outsider.query('BEGIN')
    await outsider.query(`SELECT FROM sessions WHERE id = 'a1' FOR UPDATE`)
    const one = verbs[first]()
    await waiting(1)
    const two = verbs[second]()
    await Promise.race([two, waiting(2)])
    await outsider.query('COMMIT')
    await Promise.all([one, two])
    expect(cluster.log().slice(from)).not.toContain('deadlock detected')
  },
)

it('a removal that waited for another removal finds that the user is gone', async () => {
  await outsider.query('BEGIN')
  await outsider.query(`SELECT FROM sessions WHERE id = 'a1' FOR UPDATE`)
  const removals = [database.users.remove(ann), database.users.remove(ann)]
  await waiting(2)
  await outsider.query('COMMIT')
  expect(await Promise.all(removals)).toEqual([true, true])
})

/** Resolves when `count` statements of the program wait for a lock. */
const waiting = (count: number) =>
  expect
    .poll(
      async () => {
        const { rows } = await watcher.query(
          `SELECT count(*)::int FROM pg_stat_activity
           WHERE wait_event_type = 'Lock' AND application_name = 'rekindle'`,
        )
        return rows[0].count
      },
      { interval: 2 },
    )
    .toBeGreaterThanOrEqual(count)
