import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { createDatabase } from '@/testing/database/temporary-postgres'
import { asked, Jar, openServer } from '@/testing/server/suite'

it('a person who is added by command, on PostgreSQL, signs in and is refreshed there', async () => {
  const database = await createDatabase()
  const server = await openServer({ DATABASE_URL: database.url, DATABASE_POOL_SIZE: '2' })
  expect(command('user-add', 'ann', 'keep-me-signed-in')).toBe('Added ann\n')
  expect(command('user-add', 'ann', 'keep-me-signed-in', '--unless-taken')).toBe(
    'ann is there already\n',
  )
  expect(command('user-password', 'ann', 'a-better-password')).toContain('Password set')

  const { POST: signIn } = await import('@/app/api/auth/login/route')
  const { POST: refresh } = await import('@/app/api/auth/refresh/route')
  const jar = new Jar()
  const credentials = (password: string) => asked('POST', { username: 'ann', password })
  expect((await signIn(credentials('keep-me-signed-in'), {})).status).toBe(401)
  jar.take(await signIn(credentials('a-better-password'), {}))
  const answer = await refresh(asked('POST', null, { jar }), {})
  expect(answer.status).toBe(200)
  await server.dispose()
  await database.drop()
})

/** Runs a command as the shell does, in the environment of this test. Returns what it printed. */
function command(name: string, ...args: string[]): string {
  const script = resolve('scripts/operator', `${name}.ts`)
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import=tsx', '--conditions=react-server', script, ...args],
    { encoding: 'utf8' },
  )
  expect(stderr).toBe('')
  return stdout
}
