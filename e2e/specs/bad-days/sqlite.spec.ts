import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { openConcurrentUsers } from '@/e2e/load/concurrent-users'
import { expect, expectBack, expectNobodyLost, LIVELY, test, VISITS } from '@/e2e/load/fixtures'
import { type Outcome, Visitor } from '@/e2e/support/clients/visitor'

test('A SQLite file locked by another process for longer than a write waits: people who need no write are served, and nobody is signed out', {
  tag: '@F23',
}, async ({ startServer }) => {
  const server = await startServer({ env: LIVELY })
  const users = await openConcurrentUsers(server)
  await users.untilServed(VISITS)
  const reader = new Visitor(server.direct)
  await reader.signIn(await server.register())
  const other = new Sqlite(server.databaseUrl.slice('file:'.length))
  other.exec('BEGIN EXCLUSIVE')
  let isWaitedFor = true
  const turnedAway = users.untilTurnedAway().then(() => {
    isWaitedFor = false
  })
  const read: Outcome[] = []
  while (isWaitedFor || read.length < 10) read.push(await reader.visit())
  await turnedAway
  other.exec('ROLLBACK')
  other.close()
  await expectBack('SQLite locked', users)
  expect(new Set(read)).toEqual(new Set(['served']))
  await users.untilServed(VISITS)
  await expectNobodyLost('SQLite locked', server, users)
})

test('A full disk under SQLite: sign-ins and rotations are told to come back, living access tokens serve, and nobody is signed out', async ({
  startServer,
}) => {
  const disk = await mkdtemp(join(tmpdir(), 'rekindle-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk])
  try {
    const env = { ...LIVELY, DATABASE_URL: `file:${join(disk, 'rekindle.db')}` }
    const server = await startServer({ env })
    const users = await openConcurrentUsers(server)
    await users.untilServed(VISITS)
    const user = await server.register()
    const visitor = new Visitor(server.direct)
    await visitor.signIn(user)

    await fill(disk)
    const ballast = join(disk, 'ballast')
    const body = JSON.stringify({ username: user.name, password: user.password })
    const stranger = new Visitor(server.direct)
    // SQLite first uses the free space inside the file.
    await expect
      .poll(async () => (await stranger.ask('POST', '/api/auth/login', body)).status)
      .toBe(503)
    const refused = await stranger.ask('POST', '/api/auth/login', body)
    expect(refused.status).toBe(503)
    expect(refused.headers['retry-after']).toMatch(/^\d+$/)
    expect(await visitor.visit()).toBe('served')
    // The refresh token is now old enough to rotate, and the full disk prevents that.
    await expect
      .poll(() => {
        visitor.loseAccess()
        return visitor.visit()
      })
      .toBe('unavailable')

    await rm(ballast)
    await expectBack('a full disk under SQLite', users)
    expect(await visitor.visit()).toBe('served')
    await stranger.signIn(user)
    await users.untilServed(VISITS)
    await expectNobodyLost('a full disk under SQLite', server, users)
  } finally {
    execFileSync('umount', ['-l', disk])
    await rm(disk, { recursive: true, force: true })
  }
})

/** Fills the rest of a disk. */
async function fill(disk: string): Promise<void> {
  const { bavail, bsize } = await statfs(disk)
  await writeFile(join(disk, 'ballast'), Buffer.alloc(bavail * bsize)).catch((error) => {
    if (error.code !== 'ENOSPC') throw error
  })
}
