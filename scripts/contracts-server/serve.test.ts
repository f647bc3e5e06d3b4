import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { type AppProcess, appProcess, type Variables } from '@/e2e/support/server/process'
import { temporaryDirectory } from '@/testing/database/temporary-sqlite'
import { findFreePort } from '@/testing/free-port.mjs'

const METRICS_TOKEN = 'the-token-of-the-metrics-32-characters'
/** A test that is not about the delay needs none, and one that is not about the limit meets none on a slow machine. */
const PATIENT = { SHUTDOWN_DELAY: '0', SHUTDOWN_TIMEOUT: '300s' }

const cleanUps: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

interface Choice {
  readonly options?: readonly string[]
  readonly env?: Variables
  readonly port?: number
}

/** A server with a database of its own, not started yet. */
async function prepared({ options = [], env = {}, port }: Choice = {}): Promise<AppProcess> {
  const directory = temporaryDirectory()
  const variables = {
    APP_ORIGIN: 'http://localhost:3000',
    DATABASE_URL: `file:${join(directory.path, 'test.db')}`,
    ACCESS_TOKEN_SECRET: 'an-access-secret-of-enough-characters-1',
    REFRESH_TOKEN_SECRET: 'a-refresh-secret-of-enough-characters-2',
    METRICS_TOKEN,
    LOG_LEVEL: 'info',
    ...PATIENT,
    ...env,
  }
  const own = port ?? (await findFreePort())
  const server = appProcess(own, variables, { contracts: options })
  cleanUps.push(
    () => directory.remove(),
    () => server.kill(),
  )
  return server
}

async function started(choice: Choice = {}): Promise<AppProcess> {
  const server = await prepared(choice)
  await server.start()
  // It is printed once every process serves.
  await expect.poll(server.output).toContain('Contracts are served at port')
  return server
}

/** The output and the exit code of a server that does not start. */
async function failed(choice: Choice): Promise<{ lines: string[]; code: number | string }> {
  const server = await prepared(choice)
  await expect(server.start()).rejects.toThrow('The server ended with')
  const lines = server.output().trim().split('\n')
  return { lines, code: await server.ended() }
}

const two = { options: ['--processes', '2'] }
const counts = [
  { count: 1, options: [] },
  { count: 2, options: two.options },
]

/** The ids of the processes that serve one port. */
function workersOf({ pid }: AppProcess): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number)
    .filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('contracts-server/'))
}

/** Sends a signal to one of the processes that serve one port. Returns its id. */
function signalOne(server: AppProcess, signal: NodeJS.Signals, index = 0): number {
  const pid = workersOf(server)[index]
  if (pid === undefined) throw new Error('There is no such process')
  process.kill(pid, signal)
  return pid
}

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: string
}

/** Sends a request on a connection of its own. */
async function ask(
  { port }: AppProcess,
  path: string,
  headers: readonly string[] = [],
): Promise<Answer> {
  const socket = await begin(
    port,
    [`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n'),
  )
  return answerOn(socket)
}

async function begin(port: number, text: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  cleanUps.push(() => void socket.destroy())
  await once(socket, 'connect')
  socket.setEncoding('utf8').write(text)
  return socket
}

async function answerOn(socket: Socket): Promise<Answer> {
  let all = ''
  for await (const chunk of socket) all += chunk
  const [headers = '', ...text] = all.split('\r\n\r\n')
  return { status: Number(headers.split(' ')[1] ?? 0), headers, text: text.join('\r\n\r\n') }
}

const readMetrics = (server: AppProcess) =>
  ask(server, '/api/metrics', [`Authorization: Bearer ${METRICS_TOKEN}`])

/** How many requests the server says that it answered with this class of status. */
async function countedOf(server: AppProcess, status = '2xx'): Promise<number> {
  const { text } = await readMetrics(server)
  const line = text
    .split('\n')
    .find((one) => one.startsWith(`rekindle_http_responses_total{status="${status}"}`))
  return Number(line?.split(' ')[1] ?? Number.NaN)
}

async function isRefused(port: number, address = '127.0.0.1'): Promise<boolean> {
  const socket = connect(port, address)
  const outcome = await Promise.race([
    once(socket, 'connect').then(() => ''),
    once(socket, 'error').then(([error]) => error.code),
  ]).catch((error) => error.code)
  socket.destroy()
  return outcome === 'ECONNREFUSED'
}

const LOGIN = JSON.stringify({ username: 'nobody', password: 'a-wrong-password' })
const LOGIN_HEAD = [
  'POST /api/auth/login HTTP/1.1',
  'Host: x',
  'Content-Type: application/json',
  `Content-Length: ${LOGIN.length}`,
  '',
  LOGIN.slice(0, 9),
].join('\r\n')

describe('a start of the contracts server', () => {
  it.each([
    [['--processes', 'many'], 'Rekindle cannot start: --processes must be a number from 1 to 64'],
    [['--prot', '1'], "Rekindle cannot start: Unknown option '--prot'"],
  ])('with %j says what is wrong in one line, and ends with 1', async (options, line) => {
    expect(await failed({ options })).toEqual({ lines: [line], code: 1 })
  })

  it.each(counts)(
    'on a port in use says so in one line, and ends with 1 ($count)',
    async ({ options }) => {
      const other = createServer((_, response) => response.writeHead(503).end())
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
      cleanUps.push(() => other.close())
      const { port } = other.address() as { port: number }
      const { lines, code } = await failed({ options, port })
      expect(code).toBe(1)
      expect(lines.map((line) => JSON.parse(line))).toEqual([
        expect.objectContaining({
          event: 'start_failed',
          error: expect.objectContaining({
            message: `Port ${port} at 127.0.0.1 is in use: end the program that listens there, or set PORT to another`,
          }),
        }),
      ])
    },
  )

  it('with a wrong value says so in one line, however many processes are asked for', async () => {
    const { lines, code } = await failed({ ...two, env: { REFRESH_GRACE: 'soon' } })
    expect(code).toBe(1)
    expect(lines).toEqual([expect.stringContaining('REFRESH_GRACE must be a duration')])
  })

  it.each(counts)('without its database ends with 1 ($count)', async ({ options }) => {
    const env = { DATABASE_URL: 'postgres://app:secret@127.0.0.1:1/rekindle' }
    const { lines, code } = await failed({ options, env })
    expect(code).toBe(1)
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ event: 'start_failed' })
  })
})

it('without a build, the contracts server says what makes one, in one line', async () => {
  const empty = temporaryDirectory()
  cleanUps.push(() => empty.remove())
  const run = promisify(execFile)(
    process.execPath,
    [resolve('scripts/contracts-server/start.mjs')],
    {
      cwd: empty.path,
    },
  )
  await expect(run).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr:
      'Rekindle cannot start: there is no build of the contracts. Run `npm run build` first\n',
  })
})

describe('the address of the contracts server', () => {
  it.each<[string, Variables, string[], boolean]>([
    ['nothing', {}, [], false],
    ['the name of this machine', { HOSTNAME: hostname() }, [], false],
    ['HOSTNAME', { HOSTNAME: '0.0.0.0' }, [], true],
    ['-H', {}, ['-H', '0.0.0.0'], true],
    ['a public address', { APP_ORIGIN: 'https://app.example' }, [], true],
  ])('if it is told %s', async (_, env, options, everywhere) => {
    const server = await prepared({ env, options })
    await server.start()
    // Linux serves all of 127.0.0.0/8, and a server on 127.0.0.1 does not listen on the other addresses.
    expect(await isRefused(server.port, '127.0.0.2')).toBe(!everywhere)
  })
})

describe('two processes on one port', () => {
  it('both serve, and their metrics are added up', async () => {
    const server = await started(two)
    expect(workersOf(server)).toHaveLength(2)
    const before = await countedOf(server)
    await Promise.all(Array.from({ length: 20 }, () => ask(server, '/api/health')))
    // The first reading is counted by now, too.
    expect(await countedOf(server)).toBe(before + 21)
    for (const index of [0, 1]) {
      const one = signalOne(server, 'SIGSTOP', index)
      const answers = [ask(server, '/api/health'), ask(server, '/api/health')]
      expect((await Promise.any(answers)).status).toBe(200)
      process.kill(one, 'SIGCONT')
      expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200])
    }
  })

  it('say 503 instead of a total while one does not answer, and the total again once it does', async () => {
    const server = await started({ options: [...two.options, '--metrics-timeout', '1s'] })
    const stopped = signalOne(server, 'SIGSTOP')
    const answers = [readMetrics(server), readMetrics(server)]
    const refused = await Promise.any(answers)
    expect(refused.status).toBe(503)
    expect(refused.headers).toMatch(/^retry-after: 1$/im)
    expect(JSON.parse(refused.text)).toEqual({
      error: {
        code: 'UNAVAILABLE',
        status: 503,
        message:
          'Not every process of this server answered within 1 s, so there is no total: ask again',
      },
    })
    process.kill(stopped, 'SIGCONT')
    await Promise.all(answers)
    expect(await countedOf(server)).toBeGreaterThan(0)
  })

  it('replace one that ends, and do not forget what it counted', async () => {
    const server = await started(two)
    await Promise.all(Array.from({ length: 20 }, () => ask(server, '/api/health')))
    const before = await countedOf(server)
    const other = workersOf(server)[1]
    const killed = signalOne(server, 'SIGKILL')
    await expect.poll(() => workersOf(server).filter((pid) => pid !== killed)).toHaveLength(2)
    expect(workersOf(server)).toContain(other)
    expect(server.output()).toMatch(/"event":"process_ended","detail":"SIGKILL"/)
    // Some requests of the one that was killed may have been answered since its last reading.
    expect(await countedOf(server)).toBeGreaterThanOrEqual(before)
    server.signal('SIGTERM')
    expect(await server.ended()).toBe(0)
  })

  it('do not outlive the process that started them', async () => {
    const server = await started(two)
    process.kill(server.pid, 'SIGKILL')
    await expect.poll(() => isRefused(server.port)).toBe(true)
  })
})

describe.each(counts)('the end of a server of $count', ({ count, options }) => {
  it('comes after the answers to what is under way, with 0', async () => {
    const server = await started({ options })
    const underWay = await Promise.all(
      Array.from({ length: 4 }, () => begin(server.port, LOGIN_HEAD)),
    )
    // The server has received what was sent before.
    await ask(server, '/api/health')
    server.signal('SIGTERM')
    await expect.poll(() => isRefused(server.port), { interval: 20 }).toBe(true)
    for (const socket of underWay) socket.write(LOGIN.slice(9))
    for (const { status, headers } of await Promise.all(underWay.map(answerOn))) {
      expect(status).toBe(401)
      expect(headers).toMatch(/^connection: close/im)
    }
    expect(await server.ended()).toBe(0)
  })

  it('is announced before: not ready, and still serving', async () => {
    const server = await started({ options, env: { ...PATIENT, SHUTDOWN_DELAY: '3s' } })
    server.signal('SIGTERM')
    await expect.poll(async () => (await ask(server, '/api/health/ready')).status).toBe(503)
    expect((await ask(server, '/api/health')).status).toBe(200)
    expect(await server.ended()).toBe(0)
  })

  it('loses no request of a crowd: each connection is refused or answered', async () => {
    const server = await started({ options })
    const outcomes = new Map<string, number>()
    let isOver = false
    const crowd = Array.from({ length: 16 }, async () => {
      while (!isOver) {
        const outcome = await ask(server, '/api/health').then(
          ({ status }) => (status === 200 ? 'answered' : `status ${status}`),
          (error) => error.code,
        )
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
    })
    await expect.poll(() => outcomes.get('answered') ?? 0, { interval: 20 }).toBeGreaterThan(200)
    server.signal('SIGTERM')
    const code = await server.ended()
    isOver = true
    await Promise.all(crowd)
    expect([...outcomes.keys()].sort()).toEqual(['ECONNREFUSED', 'answered'])
    expect(code).toBe(0)
  })

  it('is not waited for longer than the time for it, and comes at once at a second signal', async () => {
    const env = { SHUTDOWN_DELAY: '0', SHUTDOWN_TIMEOUT: '1s' }
    const [impatient, patient] = [await started({ options, env }), await started({ options })]
    for (const { port } of [impatient, patient])
      (await begin(port, LOGIN_HEAD)).on('error', () => {})
    await Promise.all([ask(impatient, '/api/health'), ask(patient, '/api/health')])
    impatient.signal('SIGTERM')
    expect(await impatient.ended()).toBe(1)
    expect(impatient.output()).toMatch(/"event":"stopped_short","detail":"1"/)

    patient.signal('SIGTERM')
    await expect.poll(() => isRefused(patient.port), { interval: 20 }).toBe(true)
    // The wait is the point: within 500 ms, a signal that npm and a terminal both send counts as one.
    await new Promise((resolve) => setTimeout(resolve, 500))
    patient.signal('SIGTERM')
    expect(await patient.ended()).toBe(143)
  })

  if (count === 2) {
    it('comes although one of them is stuck, which is killed', async () => {
      const server = await started({
        options,
        env: { SHUTDOWN_DELAY: '0', SHUTDOWN_TIMEOUT: '1s' },
      })
      signalOne(server, 'SIGSTOP')
      server.signal('SIGTERM')
      expect(await server.ended()).toBe(137)
    })
  }
})
