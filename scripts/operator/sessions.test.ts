import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newSession, newUser } from '@/testing/database/samples'
import { createDatabase } from '@/testing/database/temporary-postgres'
import { openServer } from '@/testing/server/suite'

/** So long that no session ends while commands run, however slow the machine is. */
const HOUR = 3_600_000

const engines = {
  SQLite: async () => openServer(),
  PostgreSQL: async () => {
    const { url, drop } = await createDatabase()
    const server = await openServer({ DATABASE_URL: url, DATABASE_POOL_SIZE: '2' })
    return { ...server, dispose: () => server.dispose().then(drop) }
  },
}

describe.each(Object.entries(engines))('npm run sessions, on %s', (_engine, open) => {
  it('lists the live sessions of one user, and ends one of them or all', async () => {
    const server = await open()
    const { sessions, users } = server.database
    const people = [newUser({ name: 'Ann', nameKey: 'ann' }), newUser()]
    const now = Date.now()
    const add = async (userId = '') => {
      const times = { createdAt: now, idleExpiresAt: now + HOUR, expiresAt: now + 2 * HOUR }
      const session = newSession({ userId, ...times, userAgent: 'curl/8', address: '203.0.113.7' })
      await sessions.create(session, { replaces: null, maxLive: 9 })
      return session.id
    }
    for (const person of people) await users.create(person)
    const [ann, other] = people.map(({ id }) => id)
    const [first = '', ...more] = [await add(ann), await add(ann), await add(ann)]
    const stranger = await add(other)
    const listed = () => JSON.parse(run('list', 'ANN', '--json').stdout)

    expect(
      listed()
        .map(({ id }: { id: string }) => id)
        .sort(),
    ).toEqual([first, ...more].sort())
    expect(listed()[0]).toEqual({
      id: expect.any(String),
      device: 'curl',
      address: '203.0.113.7',
      signedInAt: new Date(now).toISOString(),
      lastSeenAt: new Date(now).toISOString(),
      expiresAt: new Date(now + 2 * HOUR).toISOString(),
    })
    expect(run('list', 'ann').stdout).toContain(`${first}  curl, 203.0.113.7, signed in 20`)

    expect(run('end', first)).toEqual({ status: 0, stdout: 'Ended\n', stderr: '' })
    expect(await sessions.find(first)).toMatchObject({ endedReason: 'ended_elsewhere' })
    expect(await sessions.events(first, 1)).toMatchObject([
      { kind: 'ended', detail: 'ended_elsewhere', address: 'shell', sessionId: first },
    ])
    expect(run('end', first)).toEqual({
      status: 1,
      stdout: '',
      stderr: 'There is no live session with this id\n',
    })

    expect(run('end-all', 'ann', '--json').stdout).toBe('{"ended":2}\n')
    expect(run('list', 'ann').stdout).toBe('No live session\n')
    expect(await sessions.find(stranger)).toMatchObject({ endedReason: null })
    await server.dispose()
  })
})

it.each([
  [[], 'Usage: npm run sessions -- list <user> | end <session-id> | end-all <user> [--json]'],
  [['drop', 'ann'], 'The verbs are list, end and end-all'],
  [['end', "' OR 1=1 --"], 'A session id has 22 characters of A-Z a-z 0-9 - _'],
  [['list', 'ann', '--yaml'], 'The only option is --json'],
  [['list', 'ann', '--json', 'bob'], 'Too many arguments'],
  [['list', 'nobody'], 'There is no user of this name'],
  [['end-all', ''], 'must be 1 to 64 characters long'],
])('the command refuses %j and says why', async (args, complaint) => {
  const server = await openServer()
  expect(run(...args)).toEqual({ status: 1, stdout: '', stderr: `${complaint}\n` })
  await server.dispose()
})

/** Runs the command as the shell does, in the environment of this test. */
function run(...args: string[]) {
  const script = resolve('scripts/operator/sessions.ts')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import=tsx', '--conditions=react-server', script, ...args],
    { encoding: 'utf8' },
  )
  return { status, stdout, stderr }
}
