import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '@/db/open'
import type { Answer, Task } from './process.worker'
import { LONG_TIMEOUTS, laptop, newSession, newUser, START } from './samples'

const WORKER = fileURLToPath(new URL('./process.worker.ts', import.meta.url))
const FLEET = 10

/** Makes the databases that the processes share. */
export interface Place {
  /** The URL of a database that does not exist yet, or is empty. */
  newUrl(): Promise<string>
  /** The hashes of the migrations that were run on a database. */
  migrations(url: string): Promise<string[]>
  /** Removes the databases. */
  dispose(): Promise<void>
}

/** Tests one database under real processes. `rounds` is how many rounds of work of each process make them collide. */
export function describeProcesses(name: string, open: () => Promise<Place>, rounds: number): void {
  describe(name, () => {
    let place: Place
    beforeAll(async () => {
      place = await open()
    })
    afterAll(() => place.dispose())
    describeFleet(() => place, rounds)
    describeKill(() => place)
  })
}

function describeFleet(place: () => Place, rounds: number): void {
  describe('ten processes', () => {
    let fleet: ChildProcess[] = []
    const askAll = (task: Task) => Promise.all(fleet.map((child) => ask(child, task)))

    beforeAll(async () => {
      fleet = await Promise.all(Array.from({ length: FLEET }, start))
    })
    afterAll(() => Promise.all(fleet.map(stop)))

    it('open one new database at once, and it is migrated once', async () => {
      for (let round = 0; round < 5; round++) {
        const url = await place().newUrl()
        expect(await askAll({ do: 'open', url })).toEqual(fleet.map(() => ({ kind: 'opened' })))
        const hashes = await place().migrations(url)
        expect(hashes.length).toBeGreaterThan(0)
        expect(new Set(hashes).size).toBe(hashes.length)
      }
    })

    it('F23: hammer one database without one error or lost write', async () => {
      const url = await place().newUrl()
      const database = await openDatabase(url, LONG_TIMEOUTS)
      const user = newUser()
      await database.users.create(user)
      const shared = Array.from({ length: 3 }, () => newSession({ userId: user.id }))
      for (const session of shared) {
        await database.sessions.create(session, { replaces: null, maxLive: 10_000 })
      }
      await askAll({ do: 'open', url })

      const sessionIds = shared.map((session) => session.id)
      const task: Task = { do: 'hammer', userId: user.id, sessionIds, rounds }
      const answers = await askAll(task)

      expect(answers.filter((answer) => answer.kind === 'failed')).toEqual([])
      const work = answers.filter((answer) => answer.kind === 'hammered')
      for (const id of sessionIds) {
        const won = work.reduce((sum, answer) => sum + (answer.won[id] ?? 0), 0)
        expect(await database.sessions.find(id)).toMatchObject({ generation: won })
      }
      const ended = new Set(work.flatMap((answer) => answer.ended))
      const created = work.flatMap((answer) => answer.created)
      expect([created.length, ended.size]).toEqual([FLEET * (rounds / 10), FLEET * (rounds / 20)])
      for (const id of created) {
        const reason = ended.has(id) ? 'signed_out' : null
        expect(await database.sessions.find(id)).toMatchObject({ endedReason: reason })
      }
      const limiter = database.limiter({ keyPrefix: 'hammer', points: 1e6, duration: 3600 })
      expect(await limiter.get('everyone')).toMatchObject({ consumedPoints: FLEET * rounds })
      await database.close()
    })

    it('sign in while the password is changed, and nobody stays in with the old one', async () => {
      const url = await place().newUrl()
      const database = await openDatabase(url, LONG_TIMEOUTS)
      const user = newUser()
      await database.users.create(user)
      await askAll({ do: 'open', url })
      const signedIn = () => database.sessions.list(user.id, START)

      const answers = askAll({ do: 'sign in until the password is another', userId: user.id })
      await expect.poll(async () => (await signedIn()).length).toBeGreaterThan(FLEET)
      const by = { ...laptop, moves: null, provenWith: null }
      const changed = await database.users.setPassword(user.id, 'new hash', START, by)

      expect((await answers).map((answer) => answer.kind)).toEqual(fleet.map(() => 'refused'))
      const made = (await answers).map((answer) => ('after' in answer ? answer.after : 0))
      expect(changed?.ended).toBe(made.reduce((sum, count) => sum + count))
      expect(await signedIn()).toEqual([])
      await database.close()
    })
  })
}

function describeKill(place: () => Place): void {
  it('a process that is killed loses no sign-in and no sign-out that it answered', async () => {
    const url = await place().newUrl()
    const database = await openDatabase(url, LONG_TIMEOUTS)
    const user = newUser()
    await database.users.create(user)
    const child = await start()
    await ask(child, { do: 'open', url })

    const answers: Answer[] = []
    const enough = new Promise<void>((resolve) => {
      child.on('message', (answer: Answer) => answers.push(answer) === 101 && resolve())
    })
    child.send({ do: 'sign in and out, for ever', userId: user.id } satisfies Task)
    await enough
    await stop(child)

    const idsOf = (kind: string) =>
      answers.flatMap((a) => (a.kind === kind && 'id' in a ? [a.id] : []))
    const out = new Set(idsOf('signed out'))
    expect(out.size).toBeGreaterThanOrEqual(50)
    for (const id of idsOf('signed in')) {
      const session = await database.sessions.find(id)
      expect(session).not.toBeNull()
      if (out.has(id)) expect(session).toMatchObject({ endedReason: 'signed_out' })
    }
    await database.close()
  })
}

async function start(): Promise<ChildProcess> {
  const child = fork(WORKER, { execArgv: ['--import', 'tsx'] })
  await once(child, 'message')
  return child
}

async function ask(child: ChildProcess, task: Task): Promise<Answer> {
  const answered = once(child, 'message')
  child.send(task)
  const [answer] = await answered
  return answer
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
