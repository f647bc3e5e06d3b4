import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it, vi } from 'vitest'
import { temporaryDirectory } from '@/testing/database/temporary-sqlite'
import { asked, Jar, openServer } from '@/testing/server/suite'

const PASSWORD = 'keep-me-signed-in'
const NAMES = ['ann', 'bob', 'cleo', 'dora']

it('after a backup under load is restored, everyone who signed in before it is still signed in', async () => {
  const directory = temporaryDirectory()
  // Without grace every refresh rotates.
  const env = { DATABASE_URL: `file:${join(directory.path, 'live.db')}`, REFRESH_GRACE: '0' }
  const copy = join(directory.path, 'copy.db')
  const first = await openServer(env)
  const { POST: signUp } = await import('@/app/api/auth/register/route')
  const { POST: refresh } = await import('@/app/api/auth/refresh/route')
  const jars = NAMES.map(() => new Jar())
  for (const [n, name] of NAMES.entries()) {
    jars[n]?.take(await signUp(asked('POST', { username: name, password: PASSWORD }), {}))
  }
  const refreshAll = () =>
    Promise.all(
      jars.map(async (jar) => {
        const answer = await refresh(asked('POST', null, { jar }), {})
        jar.take(answer)
        return answer.status
      }),
    )
  const everybody = NAMES.map(() => 200)

  let isDone = false
  const backup = run('db-backup', copy).finally(() => {
    isDone = true
  })
  // A session may refresh 3,000 times a minute.
  for (let times = 0; !isDone && times < 2000; times++) {
    expect(await refreshAll()).toEqual(everybody)
  }
  expect(await backup).toEqual({ code: 0, out: `Copied to ${copy}, checked\n` })
  for (let n = 0; n < 3; n++) expect(await refreshAll()).toEqual(everybody)
  expect((await run('db-restore', copy)).out).toContain('stop the server first')
  await first.database.close()

  expect((await run('db-restore', copy)).out).toContain('Restored; what was there is kept as')
  const second = await openServer(env)
  expect(await refreshAll()).toEqual(everybody)
  for (const name of NAMES) {
    const user = await second.database.users.findByName(name)
    const [session, ...others] = await second.engine.list(user?.id ?? '')
    expect(others).toEqual([])
    const events = await second.database.sessions.events(session?.id ?? '', 9)
    expect(events.map(({ kind }) => kind)).toEqual(['state_regression', 'signed_in'])
  }
  await second.dispose()
  await first.dispose()
  directory.remove()
})

it('needs no secret: a machine that keeps copies has none', async () => {
  const server = await openServer()
  for (const name of ['ACCESS_TOKEN_SECRET', 'REFRESH_TOKEN_SECRET']) vi.stubEnv(name, '')
  const copy = `${server.config.databaseUrl.slice('file:'.length)}.copy`
  expect(await run('db-backup', copy)).toEqual({ code: 0, out: `Copied to ${copy}, checked\n` })
  await server.dispose()
})

it('refuses a PostgreSQL database, which is not a file', async () => {
  const server = await openServer()
  process.env.DATABASE_URL = 'postgres://nobody:secret@127.0.0.1:1/none'
  expect(await run('db-backup', 'copy.db')).toEqual({
    code: 1,
    out: 'DATABASE_URL: names no file. PostgreSQL has pg_dump\n',
  })
  await server.dispose()
})

/** Runs a command as the shell does, in the environment of this test. */
async function run(name: string, file: string) {
  const script = resolve('scripts/operator', `${name}.ts`)
  const child = spawn(process.execPath, ['--import=tsx', '--conditions=react-server', script, file])
  const [out, complaint] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code: child.exitCode, out: out + complaint }
}
