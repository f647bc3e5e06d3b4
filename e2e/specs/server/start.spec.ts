import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as suite } from '@/e2e/support/fixtures'
import { buildOf } from '@/e2e/support/server/process'
import { findFreePort } from '@/testing/free-port.mjs'

type Variables = Readonly<Record<string, string>>

interface Started {
  readonly port: number
  output(): string
  /** Resolves with the exit code when the process has ended. */
  readonly ended: Promise<number | null>
}

const test = suite.extend<{ start: (env?: Variables, options?: string[]) => Promise<Started> }>({
  start: async ({ gate }, use) => {
    const directory = await mkdtemp(join(tmpdir(), 'rekindle-start-'))
    const children: ChildProcess[] = []
    await use(async (env = {}, options = []) => {
      const port = Number(env.PORT ?? (await findFreePort()))
      const { PATH = '', HOME = '' } = process.env
      const child = spawn(process.execPath, ['scripts/serve.mjs', 'start', ...options], {
        cwd: buildOf(gate),
        env: {
          ...{ PATH, HOME, PORT: String(port), NODE_ENV: 'production', APP_ORIGIN: '' },
          NEXT_TELEMETRY_DISABLED: '1',
          DATABASE_URL: `file:${join(directory, 'rekindle.db')}`,
          ACCESS_TOKEN_SECRET: randomBytes(32).toString('base64url'),
          REFRESH_TOKEN_SECRET: randomBytes(32).toString('base64url'),
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      children.push(child)
      let output = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          output += chunk
        })
      }
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
      return { port, output: () => output, ended }
    })
    for (const child of children) child.kill('SIGKILL')
    await rm(directory, { recursive: true, force: true })
  },
})

const inUse = createServer()
test.beforeAll(() => new Promise<void>((resolve) => inUse.listen(0, '127.0.0.1', resolve)))
test.afterAll(() => void inUse.close())
const portInUse = () => String((inUse.address() as { port: number }).port)

for (const [what, variables, says] of [
  ['a wrong value', () => ({ REFRESH_GRACE: 'soon' }), 'REFRESH_GRACE must be a duration'],
  [
    'a secret of one letter',
    () => ({ ACCESS_TOKEN_SECRET: 'a'.repeat(40) }),
    'ACCESS_TOKEN_SECRET must be random',
  ],
  ['an address that is none', () => ({ APP_ORIGIN: 'localhost:3000' }), 'APP_ORIGIN must be'],
  [
    'a folder that cannot be written',
    () => ({ DATABASE_URL: 'file:/sys/rekindle/rekindle.db' }),
    'DATABASE_URL: cannot open /sys/rekindle/rekindle.db: ',
  ],
  ['a port in use', () => ({ PORT: portInUse() }), 'is in use'],
  [
    'a PostgreSQL that is not reached',
    () => ({ DATABASE_URL: 'postgres://app:a-password@127.0.0.1:1/rekindle' }),
    'DATABASE_URL: cannot open PostgreSQL at 127.0.0.1:1',
  ],
] as const) {
  test(`A start with ${what} says so in one line, instead of that it is ready, and ends`, async ({
    start,
  }) => {
    const server = await start(variables())
    expect(await server.ended).toBe(1)
    const [line = '', ...more] = server.output().trim().split('\n')
    expect(more).toEqual([])
    const { event, level, error } = JSON.parse(line)
    expect({ event, level }).toEqual({ event: 'start_failed', level: 'fatal' })
    expect(error.message).toContain(says)
    expect(line).not.toContain('a-password')
  })
}

test('What is probably not meant is said before the server is ready', async ({ start }) => {
  const server = await start({ APP_ORIGIN: 'http://app.example', ACCESS_TOKEN_TLL: '5m' })
  await expect.poll(server.output).toContain('Ready in')
  const [before = ''] = server.output().split('Ready in')
  const details = before
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === 'config_warning')
    .map(({ detail }) => detail)
  expect(details).toEqual([
    expect.stringMatching(/^APP_ORIGIN has http:\/\/app\.example, which is not encrypted/),
    'ACCESS_TOKEN_TLL is not known, and was not read: did you mean ACCESS_TOKEN_TTL?',
  ])
})

for (const [told, env, options, everywhere] of [
  ['nothing', {}, [], false],
  ['a loopback address', { APP_ORIGIN: 'http://127.0.0.1:3000' }, [], false],
  ['the name of this machine, as many shells do', { HOSTNAME: hostname() }, [], false],
  ['HOSTNAME', { HOSTNAME: '0.0.0.0' }, [], true],
  ['-H', {}, ['-H', '0.0.0.0'], true],
  ['a public address', { APP_ORIGIN: 'https://app.example' }, [], true],
] as const) {
  test(`A server that is told ${told} listens ${everywhere ? 'everywhere' : 'on loopback alone'}`, async ({
    start,
  }) => {
    const server = await start(env, [...options])
    await expect.poll(() => reaches('127.0.0.1', server.port)).toBe(true)
    // Linux serves all of 127.0.0.0/8, and a server on 127.0.0.1 does not listen on the other addresses.
    expect(await reaches('127.0.0.2', server.port)).toBe(everywhere)
  })
}

function reaches(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
