import type { Page } from '@playwright/test'
import type { Answered, TestProxy } from '@/testing/kit/proxy'
import { test as base, type RekindleOptions } from '@/testing/kit/testing'
import { type Description, openDescription } from './api-description'
import { MACHINE_HEADER } from './network/nginx'
import { startFleet } from './server/fleet'
import { type Gate, OWN_GATE, type Variables } from './server/process'
import type { Rows } from './server/rows'
import { type AppServer, type ServerOptions, startAppServer, type User } from './server/server'
import { startSplitServer } from './server/split'

export { expect, loseAccess, visitInVain } from '@/testing/kit/testing'

interface TestFixtures {
  /** Fails the test if a response of the worker's server, under /api/ or at another described path, breaks the API description. */
  keepsItsWord: undefined
  /** The proxy between the browser and the worker's server. Each test starts without rules. */
  front: TestProxy
  /**
   * The proxy between middleware and the refresh route of the worker's server. Each test starts without rules. Nothing passes it
   * if the gate is in process.
   */
  inner: TestProxy
  rows: Rows
  /** A new user with a password, signed in nowhere. */
  user: User
  /** Starts a server for one test that needs another configuration or a crash. It is stopped after the test. */
  startServer: (options?: ServerOptions) => Promise<AppServer>
}

interface WorkerFixtures {
  /** How many machines serve. Three are a fleet on one PostgreSQL, behind nginx. */
  machines: 1 | 3
  /** Where the gate of each server runs. */
  gate: Gate
  /** What serves the contracts: Next.js with everything else, or plain Node beside it, with nginx in front of both. */
  contractsFrom: 'next' | 'node'
  /** Environment variables of the worker's server, over the defaults of every server here. */
  variables: Variables
  /** One server per worker, with the default lifetimes: a test moves time by hand (`passTime`, `loseAccess`). */
  server: AppServer
  /** The API description of that server. */
  description: Description
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  machines: [1, { option: true, scope: 'worker' }],
  gate: [OWN_GATE, { option: true, scope: 'worker' }],
  contractsFrom: ['next', { option: true, scope: 'worker' }],
  variables: [{}, { option: true, scope: 'worker' }],
  server: [
    async ({ machines, gate, contractsFrom, variables: env }, use) => {
      // The default lifetimes are longer than the clock error, so the shared fleet runs with wrong clocks.
      const server =
        machines === 1
          ? await start(machines, contractsFrom, { env, gate })
          : await startFleet({ env, skewed: true })
      await use(server)
      await server.stop()
    },
    { scope: 'worker' },
  ],
  rekindle: [
    async ({ server: { origin, front, inner } }, use) =>
      use({ origin, proxy: front, refreshProxy: inner } satisfies RekindleOptions),
    { scope: 'worker' },
  ],
  description: [
    async ({ server }, use) => use(await openDescription(`http://127.0.0.1:${server.port}`)),
    { scope: 'worker' },
  ],
  keepsItsWord: async ({ server, description, machines }, use) => {
    const complaints = new Set<string>()
    const answeredBy: (string | undefined)[] = []
    const stop = server.front.watch((exchange) => {
      const complaint = complaintOf(exchange, description)
      if (complaint !== null) complaints.add(complaint)
      answeredBy.push(exchange.answer.headers[MACHINE_HEADER]?.toString())
    })
    await use(undefined)
    stop()
    if (machines === 3 && answeredBy.length >= 6 && new Set(answeredBy).size < 2) {
      complaints.add(`All ${answeredBy.length} answers came from one machine`)
    }
    if (complaints.size > 0) throw new Error([...complaints].join('\n\n'))
  },
  baseURL: async ({ server, keepsItsWord: _ }, use) => use(server.origin),
  front: async ({ server, keepsItsWord: _ }, use) => {
    server.front.reset()
    await use(server.front)
    server.front.reset()
  },
  inner: async ({ server }, use) => {
    server.inner.reset()
    await use(server.inner)
    server.inner.reset()
  },
  rows: async ({ server }, use) => use(server.rows),
  kit: async ({ server }, use) => use(server.kit),
  user: async ({ server }, use) => use(await server.register()),
  startServer: async ({ machines, gate, contractsFrom }, use) => {
    const started: AppServer[] = []
    await use(async (options) => {
      const server = await start(machines, contractsFrom, { gate, ...options })
      started.push(server)
      return server
    })
    await Promise.all(started.map((server) => server.stop()))
  },
})

function start(
  machines: WorkerFixtures['machines'],
  contractsFrom: WorkerFixtures['contractsFrom'],
  options: ServerOptions = {},
): Promise<AppServer> {
  if (machines === 3) return startFleet(options)
  return contractsFrom === 'node' ? startSplitServer(options) : startAppServer(options)
}

/** How a response breaks the description. Null if it does not, or if it is a page's. */
function complaintOf(
  { method, url, answer }: Answered,
  { check, describes }: Description,
): string | null {
  const path = url.split('?', 1)[0] ?? url
  if (!path.startsWith('/api/') && !describes(path)) return null
  try {
    check({ method, path, ...answer })
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Signs in through the form and waits for the next page. */
export async function signIn(
  page: Page,
  user: User,
  next = '/dashboard',
  origin = '',
): Promise<void> {
  await page.goto(`${origin}/sign-in?${new URLSearchParams({ next })}`)
  await page.locator('input[name=username]').fill(user.name)
  await page.locator('input[name=password]').fill(user.password)
  await page.locator('form[action="/api/auth/login"] [type=submit]').click()
  await page.waitForURL((url) => url.pathname + url.search === next)
}
