import { expect, test } from '@/e2e/support/fixtures'
import type { AppServer, User } from '@/e2e/support/server/server'

interface Attempt extends User {
  readonly address: string
  readonly cookie?: string
}

test('600 guesses at one account from 600 /64s of one /48 are thirty; its owner gets in from elsewhere, and from a known device', {
  tag: ['@F44', '@heavy'],
}, async ({ startServer }) => {
  const server = await startServer({ env: limits('10/1h') })
  const owner = await server.register()
  const home = { ...owner, address: '2001:db8:1:fffe::1' }
  const knownDevice = cookieOf(await signIn(server, home), 'known_device')
  const answers = new Map<number, number>()
  await concurrently(30, 600, async (n) => {
    const address = `2001:db8:1:${n.toString(16)}::1`
    const { status, headers } = await signIn(server, { ...owner, password: `guess ${n}`, address })
    answers.set(status, (answers.get(status) ?? 0) + 1)
    if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  })
  expect(answers).toEqual(
    new Map([
      [401, 30],
      [429, 570],
    ]),
  )
  expect((await signIn(server, home)).status).toBe(429)
  expect((await signIn(server, { ...home, cookie: knownDevice })).status).toBe(200)
  expect((await signIn(server, { ...owner, address: '192.0.2.1' })).status).toBe(200)
})

test('Guesses at one account from a hundred networks use up its budget, and a known device is not shut out', {
  tag: ['@F44', '@heavy'],
}, async ({ startServer }) => {
  const server = await startServer({ env: { ...limits('10/1h'), ACCOUNT_SIGN_IN_LIMIT: '40/1h' } })
  const owner = await server.register()
  const home = { ...owner, address: '192.0.2.1' }
  const knownDevice = cookieOf(await signIn(server, home), 'known_device')
  let guesses = 0
  await concurrently(20, 100, async (n) => {
    const address = `198.51.100.${n + 1}`
    const { status } = await signIn(server, { ...owner, password: `guess ${n}`, address })
    if (status === 401) guesses++
  })
  expect(guesses).toBe(40)
  expect((await signIn(server, home)).status).toBe(429)
  expect((await signIn(server, { ...home, cookie: knownDevice })).status).toBe(200)
})

test('Ninety connections that sign in as one user starve no other user', {
  tag: ['@F44', '@heavy'],
}, async ({ startServer }) => {
  const server = await startServer({ env: limits('100000/1h') })
  const [flooding, bystander] = [await server.register(), await server.register()]
  const statuses = new Set<number>()
  let isOver = false
  const flood = concurrently(90, Number.POSITIVE_INFINITY, async (n) => {
    const address = `198.51.100.${(n % 250) + 1}`
    statuses.add((await signIn(server, { ...flooding, address })).status)
    return isOver
  })
  await expect.poll(() => statuses.has(503)).toBe(true)
  for (let n = 0; n < 20; n++) {
    expect((await signIn(server, { ...bystander, address: '192.0.2.1' })).status).toBe(200)
  }
  isOver = true
  await flood
  expect(statuses).toEqual(new Set([200, 503]))
})

test('One account signs in a hundred times in a window, and no flood writes more', {
  tag: ['@F44', '@heavy'],
}, async ({ startServer }) => {
  const server = await startServer({ env: limits('10/1h') })
  const flooding = await server.register()
  const before = sessionsIn(server)
  await concurrently(20, 150, async (n) => {
    await signIn(server, { ...flooding, address: `198.51.100.${n + 1}` })
  })
  expect(sessionsIn(server) - before).toBe(100)
})

function limits(limit: string) {
  return { TRUSTED_PROXY_HOPS: '1', SIGN_IN_LIMIT: limit, ACCOUNT_SIGN_IN_LIMIT: '' }
}

function sessionsIn({ sql }: AppServer): number {
  return sql.all<{ count: number }>('SELECT count(*) AS count FROM sessions')[0]?.count ?? 0
}

/** Calls `work` with 0, 1, 2… until it returns true, or `most` times, in parallel. */
async function concurrently(
  atOnce: number,
  most: number,
  work: (n: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < most) if ((await work(next++)) === true) return
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

async function signIn({ port }: AppServer, { name, password, address, cookie = '' }: Attempt) {
  const answer = await fetch(`http://127.0.0.1:${port}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address, cookie },
    body: JSON.stringify({ username: name, password }),
  })
  await answer.arrayBuffer()
  return answer
}

function cookieOf({ headers }: Response, role: string): string {
  return (
    headers
      .getSetCookie()
      .find((line) => line.startsWith(`${role}=`))
      ?.split(';', 1)[0] ?? ''
  )
}
