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
import { operate } from '@/testing/database/temporary-postgres'
import { type Cluster, startCluster } from '@/testing/postgres/cluster'

const MACHINES = 6
/** How many sign-ins run while every other verb goes on. */
const ENOUGH = 200
let cluster: Cluster
let url: string
let machines: Database[]

beforeEach(async () => {
  // A short deadlock timeout, so that the server looks for deadlocks often.
  cluster = await startCluster({ settings: { deadlock_timeout: '50ms' } })
  url = await cluster.createDatabase()
  machines = await Promise.all(
    Array.from({ length: MACHINES }, () => openDatabase(url, { ...LONG_TIMEOUTS, poolSize: 4 })),
  )
})
afterEach(async () => {
  await Promise.all(machines.map((machine) => machine.close()))
  await cluster.dispose()
})

const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T
/** The first column of the first row. */
const ask = async (statement: string) =>
  Object.values<unknown>((await operate(url, statement)).rows[0])[0]

it('every verb runs against every other, on a few sessions of a few people, without a failure or a trace of the race', async () => {
  const users = [newUser(), newUser(), newUser()]
  for (const user of users) await machines[0]?.users.create(user)
  const ids: string[] = []
  const limits = { replaces: null, maxLive: 4 }
  const known = () => ids.slice(-12)
  let now = START

  const verbs: Record<string, (machine: Database) => Promise<unknown>> = {
    'sign in in place of anybody’s session': async (machine) => {
      const user = await machine.users.findById(pick(users).id)
      if (!user) return
      const { id: userId, passwordHash } = user
      const session = newSession({ userId, passwordHash, createdAt: ++now })
      const replaces = Math.random() < 0.7 ? pick(known()) : null
      if (await machine.sessions.create(session, { ...limits, replaces })) ids.push(session.id)
    },
    refresh: async ({ sessions }) => {
      const row = await sessions.find(pick(known()) ?? '')
      if (!row) return
      const to = rotation(row.generation + 1)
      if (Math.random() < 0.5) await sessions.advance(row.id, row, to)
      else await sessions.findToRotate(row.id, dueFrom(row, row.userId), to)
    },
    end: async ({ sessions }) => {
      const row = await sessions.find(pick(known()) ?? '')
      if (!row) return
      const event = newEvent({ sessionId: row.id, userId: row.userId, kind: 'ended' })
      await sessions.end(row.id, 'signed_out', event)
    },
    record: async ({ sessions }) => {
      const row = await sessions.find(pick(known()) ?? '')
      if (!row) return
      await sessions.record(newEvent({ sessionId: row.id, userId: row.userId, at: ++now }), 5)
    },
    'end all': ({ sessions }) =>
      sessions.endAll(pick(users).id, 'ended_elsewhere', now, { ...laptop, except: pick(known()) }),
    'set the password': async (machine) => {
      const moves = newMove(pick(known()) ?? '')
      const by = { ...laptop, moves, provenWith: null }
      const changed = await machine.users.setPassword(pick(users).id, `hash ${++now}`, now, by)
      if (changed?.moved) ids.push(moves.to)
    },
    'remove and come back': async (machine) => {
      // Most of the time, all users exist.
      for (let n = 0; n < 20; n++) await machine.ping()
      const user = pick(users)
      const now = await machine.users.findById(user.id)
      if (now && (await machine.users.remove(now))) await machine.users.create(user)
    },
    prune: (machine) => machine.prune(START + 31 * 86_400_000, 3),
  }

  const failures: string[] = []
  const work = Object.entries(verbs).flatMap(([name, verb]) =>
    machines.map(async (machine) => {
      while (ids.length <= ENOUGH) {
        await verb(machine).catch((error) => failures.push(`${name}: ${whyOf(error)}`))
      }
    }),
  )
  await Promise.all(work)

  // An event of a user that is being removed fails by its foreign key, and a second re-creation of a user by the primary key.
  const explained = /: (\w+_user_id_users_id_fk|users_pkey)$/
  expect(failures.filter((failure) => !explained.test(failure))).toEqual([])
  expect(failures.length).toBeLessThan(ids.length)
  expect(cluster.log()).not.toContain('deadlock')

  const people = await Promise.all(users.map(({ id }) => machines[0]?.users.findById(id)))
  const newSessions = Array.from({ length: 10 }, () =>
    people.flatMap((user) =>
      user ? [newSession({ userId: user.id, passwordHash: user.passwordHash })] : [],
    ),
  )
  const signIns = newSessions
    .flat()
    .map((session) => pick(machines).sessions.create(session, limits))
  expect(await Promise.all(signIns)).not.toContain(false)
  expect(await ask(MOST_LIVE)).toBe(limits.maxLive)
  expect(await ask(MISRECORDED)).toBe(0)
})

it('a password change and the sign-ins with the old password are serialized', async () => {
  const user = newUser()
  await machines[0]?.users.create(user)
  let passwordHash = user.passwordHash
  const made: boolean[] = []
  for (let round = 0; round < 100; round++) {
    const next = `hash ${round}`
    const by = { ...laptop, moves: null, provenWith: null }
    const [change, ...signIns] = await Promise.all([
      machines[0]?.users.setPassword(user.id, next, START, by),
      ...machines.slice(1).map(({ sessions }) => {
        const session = newSession({ userId: user.id, passwordHash })
        return sessions.create(session, { replaces: null, maxLive: 100 })
      }),
    ])
    expect(change?.ended).toBe(signIns.filter(Boolean).length)
    expect(await machines[0]?.sessions.list(user.id, START)).toEqual([])
    made.push(...signIns)
    passwordHash = next
  }
  expect(new Set(made)).toEqual(new Set([true, false]))
})

function whyOf(error: Error): string {
  const why = (error.cause ?? error) as Error & { constraint?: string }
  return why.constraint ?? why.message
}

const MOST_LIVE = `
  SELECT max(live)::int FROM (
    SELECT count(*) AS live FROM sessions WHERE revoked_at IS NULL GROUP BY user_id
  ) AS each`
/** Selects the sessions without exactly one event for their beginning, and one for their end. */
const MISRECORDED = `
  SELECT count(*)::int FROM sessions s
  LEFT JOIN LATERAL (
    SELECT count(*) FILTER (WHERE kind = 'signed_in') AS began, count(*) FILTER (WHERE kind = 'ended') AS ended
    FROM session_events WHERE session_id = s.id
  ) AS counted ON true
  WHERE counted.began <> 1 OR counted.ended <> (s.revoked_at IS NOT NULL)::int`
