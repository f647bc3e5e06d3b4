import type { Database } from '@/db/database'
import { openDatabase } from '@/db/open'
import { dueFrom, LONG_TIMEOUTS, laptop, newEvent, newSession, rotation } from './samples'

/** What `describeProcesses` may ask of this process. */
export type Task =
  | { do: 'open'; url: string }
  | { do: 'hammer'; userId: string; sessionIds: string[]; rounds: number }
  | { do: 'sign in and out, for ever'; userId: string }
  | { do: 'sign in until the password is another'; userId: string }

/** What this process sends back. */
export type Answer =
  | { kind: 'ready' | 'opened' }
  | { kind: 'failed'; error: string }
  | { kind: 'hammered'; won: Record<string, number>; created: string[]; ended: string[] }
  | { kind: 'signed in' | 'signed out'; id: string }
  | { kind: 'refused' | 'never refused'; after: number }

/** More sign-ins than one process completes before a password is changed. */
const ENOUGH = 1000

let database: Database
const tell = (answer: Answer) => process.send?.(answer)

process.on('message', async (task: Task) => {
  try {
    if (task.do === 'open') await open(task.url)
    else if (task.do === 'hammer') await hammer(task)
    else if (task.do === 'sign in and out, for ever') await signInAndOut(task.userId)
    else await signInUntilRefused(task.userId)
  } catch (error) {
    const cause = error instanceof Error && error.cause
    tell({ kind: 'failed', error: `${error}: ${cause}` })
  }
})
tell({ kind: 'ready' })

async function open(url: string) {
  await database?.close()
  database = await openDatabase(url, LONG_TIMEOUTS)
  await database.ping()
  tell({ kind: 'opened' })
}

async function hammer({ userId, sessionIds, rounds }: Task & { do: 'hammer' }) {
  const { sessions } = database
  const limiter = database.limiter({ keyPrefix: 'hammer', points: 1e6, duration: 3600 })
  const won: Record<string, number> = {}
  const created: string[] = []
  const ended: string[] = []
  for (let round = 0; round < rounds; round++) {
    const id = sessionIds[round % sessionIds.length] ?? ''
    const row = await sessions.find(id)
    if (!row) throw new Error('a session is gone')
    const to = rotation(row.generation + 1)
    const moved =
      round % 2 === 0
        ? await sessions.advance(id, row, to)
        : (await sessions.findToRotate(id, dueFrom(row, row.userId), to))?.rotated
    if (moved) won[id] = (won[id] ?? 0) + 1
    await limiter.consume('everyone')
    if (round % 10 === 0) {
      const session = newSession({ userId })
      await sessions.create(session, { replaces: null, maxLive: 10_000 })
      created.push(session.id)
      await sessions.record(newEvent({ sessionId: session.id, userId }), 1000)
      if (round % 20 === 0 && (await end(session.id, userId))) ended.push(session.id)
      await database.prune(0, 10)
    }
  }
  tell({ kind: 'hammered', won, created, ended })
}

async function signInAndOut(userId: string) {
  for (;;) {
    const session = newSession({ userId })
    await database.sessions.create(session, { replaces: null, maxLive: 10_000 })
    tell({ kind: 'signed in', id: session.id })
    await end(session.id, userId)
    tell({ kind: 'signed out', id: session.id })
  }
}

async function signInUntilRefused(userId: string) {
  for (let after = 0; after < ENOUGH; after++) {
    const session = newSession({ userId })
    const isMade = await database.sessions.create(session, { replaces: null, maxLive: 10_000 })
    if (!isMade) return tell({ kind: 'refused', after })
  }
  tell({ kind: 'never refused', after: ENOUGH })
}

const end = (id: string, userId: string) =>
  database.sessions.end(id, 'signed_out', newEvent({ sessionId: id, userId, ...laptop }))
