import { Agent, request } from 'node:http'
import { signInOverHttp } from '@/e2e/support/clients/script'
import { expect, test } from '@/e2e/support/fixtures'

/** Node's parser accepts a request head of up to 16 KiB. */
const LARGE = 14_000
/** Three doublings. A request also has a fixed cost, so linear work stays below eight times. */
const SMALL = LARGE / 8
const MOST = 14
const ROUNDS = 5
/** How many of the costliest inputs are measured again, and how many of those once more. */
const [SUSPECTS, LOOKED_AT] = [40, 8]

const HEADERS = [
  ...['accept', 'accept-charset', 'accept-encoding', 'accept-language', 'authorization', 'baggage'],
  ...['cache-control', 'content-type', 'cookie', 'forwarded', 'if-match', 'if-modified-since'],
  ...['if-none-match', 'if-range', 'next-action', 'next-router-prefetch', 'next-url', 'origin'],
  ...['next-router-segment-prefetch', 'next-router-state-tree', 'range', 'referer', 'rsc', 'te'],
  ...['sec-fetch-dest', 'sec-fetch-mode', 'sec-fetch-site', 'traceparent', 'tracestate', 'upgrade'],
  ...[
    'user-agent',
    'via',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-request-id',
  ],
  ...['x-internal-caller', 'x-nextjs-data', 'x-refresh-mode', 'x-refresh-want', 'x-matched-path'],
]
const BEGINNINGS: Readonly<Record<string, readonly string[]>> = {
  authorization: ['Basic ', 'Bearer '],
  cookie: ['a', 'refresh_token=a'],
  range: ['bytes='],
  'content-type': ['multipart/form-data; boundary='],
}
const PUMPS = [' ', ',', ';', 'a=;', 'a,', '"', '%2', '[', '0-1,', 'refresh_token=a; ']

interface Costly {
  readonly name: string
  readonly path: string
  readonly method: string
  readonly headers?: Readonly<Record<string, string>>
  /** Makes a request of this size by growing a header's value, the target or the body. */
  readonly grow: (size: number) => {
    readonly headers?: Readonly<Record<string, string>>
    readonly path?: string
    readonly body?: string
  }
}

test('The cost of a whole request grows with the length of a header, path, query or body alone', {
  tag: ['@F38', '@heavy'],
}, async ({ server, user }) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const cookie = await signInOverHttp(server.origin, user)
  const all = [...withHeaders(), ...withTargets(), ...withBodies(cookie)]
  const cost = (costly: Costly, size: number) => timeOf(agent, server.port, costly, size)
  const costliest = async (of: readonly Costly[], rounds: number, count: number) => {
    const measured: { readonly costly: Costly; readonly ms: number }[] = []
    for (const costly of of) {
      const tries: number[] = []
      for (let round = 0; round < rounds; round++) tries.push(await cost(costly, LARGE))
      measured.push({ costly, ms: Math.min(...tries) })
    }
    return measured
      .toSorted((a, b) => b.ms - a.ms)
      .slice(0, count)
      .map(({ costly }) => costly)
  }
  const suspects = await costliest(all, 1, SUSPECTS)
  for (const costly of await costliest(suspects, ROUNDS, LOOKED_AT)) {
    let [small, large] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    for (let round = 0; round < ROUNDS; round++) {
      small = Math.min(small, await cost(costly, SMALL))
      large = Math.min(large, await cost(costly, LARGE))
    }
    console.log(`${costly.name}: ${(large / small).toFixed(1)} times (${large.toFixed(1)} ms)`)
    expect(large / small, costly.name).toBeLessThan(MOST)
  }
  agent.destroy()
})

function withHeaders(): Costly[] {
  const paths = [
    { method: 'GET', path: '/sign-in' },
    { method: 'POST', path: '/api/auth/refresh' },
    { method: 'POST', path: '/oauth/introspect' },
  ]
  return paths.flatMap((where) =>
    HEADERS.flatMap((header) =>
      ['', ...(BEGINNINGS[header] ?? [])].flatMap((begin) =>
        PUMPS.map((pump) => ({
          ...where,
          name: `${where.method} ${where.path} ${header}: ${begin}${pump}…`,
          grow: (size: number) => ({
            headers: { [header]: `${begin}x${pump.repeat(size / pump.length)}!` },
          }),
        })),
      ),
    ),
  )
}

function withTargets(): Costly[] {
  const pumps = [
    '/',
    'a/',
    '%2f',
    '%ff',
    '%',
    '..',
    '/..',
    '//a',
    '&',
    'a=1&',
    '?',
    'a[]=&',
    '+',
    '\\',
  ]
  return ['/', '/sign-in?next=/', '/dashboard?', '/api/', '/_next/static/', '/docs?'].flatMap(
    (begin) =>
      pumps.map((pump) => ({
        name: `GET ${begin}${pump}…`,
        ...{ method: 'GET', path: begin },
        grow: (size: number) => ({ path: `${begin}a${pump.repeat(size / pump.length)}b` }),
      })),
  )
}

function withBodies(cookie: string): Costly[] {
  const kinds: [string, string, (size: number) => string][] = [
    ['application/json', 'nested', (n) => '['.repeat(n)],
    ['application/json', 'many fields', (n) => `{${'"a":1,'.repeat(n / 6)}"b":1}`],
    ['application/json', 'escapes', (n) => `{"username":"${'\\u0041'.repeat(n / 6)}"}`],
    [
      'application/json',
      'letters that fall apart',
      (n) => `{"username":"${'\ufdfa'.repeat(n / 3)}"}`,
    ],
    ['application/x-www-form-urlencoded', 'many fields', (n) => 'a=1&'.repeat(n / 4)],
    ['application/x-www-form-urlencoded', 'escapes', (n) => `username=${'%41'.repeat(n / 3)}`],
    ['application/x-www-form-urlencoded', 'spaces', (n) => `scope=${'+'.repeat(n)}`],
    ['text/plain', 'anything', (n) => 'a'.repeat(n)],
    [
      'multipart/form-data; boundary=b',
      'many fields',
      (n) => '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(n / 56),
    ],
    ['multipart/form-data; boundary=b', 'many dashes', (n) => '--b'.repeat(n / 3)],
  ]
  const paths = ['/api/auth/login', '/oauth/token', '/sign-in', '/dashboard', '/login', '/api/me']
  return paths.flatMap((path) =>
    kinds.flatMap(([type, what, body]) =>
      [{}, { 'next-action': '0'.repeat(42) }].map((action) => ({
        name: `POST ${path} ${type} ${what}`,
        ...{ method: 'POST', path },
        headers: { 'content-type': type, cookie, ...action },
        // Four times the largest head, still under the largest body.
        grow: (size: number) => ({ body: body(4 * size) }),
      })),
    ),
  )
}

function timeOf(agent: Agent, port: number, costly: Costly, size: number): Promise<number> {
  const { headers, path, body } = costly.grow(size)
  const from = performance.now()
  return new Promise((resolve, reject) => {
    request(
      {
        ...{ agent, port, host: '127.0.0.1', method: costly.method },
        path: path ?? costly.path,
        // The return path in a redirect is longer than the path itself.
        maxHeaderSize: 128 * 1024,
        headers: { ...costly.headers, ...headers },
      },
      (answer) => {
        answer.resume().once('end', () => resolve(performance.now() - from))
      },
    )
      .once('error', reject)
      .end(body)
  })
}
