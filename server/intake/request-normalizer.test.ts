import { createServer, type IncomingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { receivedAt } from '@/http/request/received-at'
import { RECEIVED_AT_HEADER, REQUESTED_HOST_HEADER } from '@/http/wire'
import { normalizeIncomingRequests, trueAddress } from './request-normalizer'

describe('the true address', () => {
  it.each<[string, string | string[] | undefined, number, string]>([
    ['192.0.2.1', undefined, 0, '192.0.2.1'],
    ['::ffff:192.0.2.1', undefined, 0, '192.0.2.1'],
    ['192.0.2.1', '198.51.100.9', 0, '192.0.2.1'],
    ['192.0.2.1', '203.0.113.5', 1, '203.0.113.5'],
    ['192.0.2.1', '198.51.100.9, 203.0.113.5', 1, '203.0.113.5'],
    ['192.0.2.1', '198.51.100.9,203.0.113.5,192.0.2.7', 2, '203.0.113.5'],
    ['192.0.2.1', '::1, 198.51.100.9, 203.0.113.5, 192.0.2.7', 2, '203.0.113.5'],
    ['192.0.2.1', ['198.51.100.9', '203.0.113.5'], 1, '203.0.113.5'],
    ['192.0.2.1', ' 2001:DB8::1 ', 1, '2001:db8::1'],
    // Without a usable entry, the address of the socket is the nearest that is known.
    ['192.0.2.1', undefined, 1, '192.0.2.1'],
    ['192.0.2.1', '', 1, '192.0.2.1'],
    ['192.0.2.1', '203.0.113.5', 2, '192.0.2.1'],
    ['192.0.2.1', '203.0.113.5, unknown', 1, '192.0.2.1'],
    ['192.0.2.1', '203.0.113.5,', 1, '192.0.2.1'],
    ['192.0.2.1', '203.0.113.5:8080', 1, '203.0.113.5'],
    ['192.0.2.1', '"203.0.113.5"', 1, '192.0.2.1'],
  ])('at %s, with %j and %d trusted hops, is %s', (socket, forwarded, hops, address) => {
    expect(trueAddress(socket, forwarded, hops)).toBe(address)
  })

  it('is never an entry that the client wrote before those of the trusted proxies', () => {
    const claim = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.constant(',,,'))
    const added = fc.array(fc.ipV4(), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(claim, added, (claimed, hops) => {
        const honest = trueAddress('192.0.2.1', hops.join(', '), hops.length)
        expect(trueAddress('192.0.2.1', `${claimed}, ${hops.join(', ')}`, hops.length)).toBe(honest)
        expect(honest).toBe(hops[0])
        expect(trueAddress('192.0.2.1', claimed, 0)).toBe('192.0.2.1')
      }),
    )
  })
})

describe('a server with the request normalizer', () => {
  const seen: IncomingHttpHeaders[] = []
  const server = createServer((incoming, response) => {
    seen.push(incoming.headers)
    line = `${incoming.method} ${incoming.url}`
    response.end()
  })
  let line = ''
  let stop = () => {}

  beforeEach(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)))
  afterEach(async () => {
    stop()
    seen.length = 0
    await new Promise((resolve) => server.close(resolve))
  })

  const AGREED = 1_800_000_000_000
  const agreedTime = () => AGREED
  const forged = {
    'x-forwarded-for': '198.51.100.9, 203.0.113.5, 192.0.2.7',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'http',
    'x-forwarded-port': '81',
    'x-forwarded-by': 'kept',
  }

  it.each([
    [0, '127.0.0.1'],
    [1, '192.0.2.7'],
    [2, '203.0.113.5'],
    [4, '127.0.0.1'],
  ])(
    'F19 with %d hops sees %s and its own origin, whatever the client claimed',
    async (hops, address) => {
      stop = normalizeIncomingRequests(
        { clientAddress: { trustedHops: hops }, appOrigin: 'https://app.example:444' },
        agreedTime,
      )
      await ask(forged)
      expect(seen[0]).toMatchObject({
        'x-forwarded-for': address,
        'x-forwarded-host': 'app.example:444',
        'x-forwarded-proto': 'https',
        'x-forwarded-by': 'kept',
      })
      expect(seen[0]).not.toHaveProperty('x-forwarded-port')
    },
  )

  it('sees the socket’s address whether the client claimed none or two', async () => {
    stop = normalizeIncomingRequests(
      { clientAddress: { trustedHops: 0 }, appOrigin: 'http://localhost:3000' },
      agreedTime,
    )
    await ask({})
    await ask({ 'X-FORWARDED-FOR': ['198.51.100.9', '198.51.100.8'] })
    expect(seen.map((headers) => headers['x-forwarded-for'])).toEqual(['127.0.0.1', '127.0.0.1'])
    expect(seen[1]).toMatchObject({
      'x-forwarded-host': 'localhost:3000',
      'x-forwarded-proto': 'http',
    })
  })

  it('F50 sees the requested host if it can be known, whatever the client claimed', async () => {
    const origin = { appOrigin: 'https://app.example' }
    stop = normalizeIncomingRequests({ clientAddress: { trustedHops: 0 }, ...origin }, agreedTime)
    await ask({ host: '127.0.0.1:3000', [REQUESTED_HOST_HEADER]: 'evil.example' })
    await ask({ ...forged, [REQUESTED_HOST_HEADER]: 'evil.example' })
    stop()
    stop = normalizeIncomingRequests({ clientAddress: { trustedHops: 1 }, ...origin }, agreedTime)
    await ask({ host: 'upstream', 'x-forwarded-host': 'evil.example, app.example' })
    expect(seen.map((headers) => headers[REQUESTED_HOST_HEADER])).toEqual([
      '127.0.0.1:3000',
      undefined,
      'app.example',
    ])
  })

  it('trusts the header that its proxy added, and not the one that the client sent', async () => {
    stop = normalizeIncomingRequests(
      { clientAddress: { trustedHops: 1 }, appOrigin: 'https://app.example' },
      agreedTime,
    )
    await ask({ 'X-Forwarded-For': ['198.51.100.9', '203.0.113.5'] })
    expect(seen[0]?.['x-forwarded-for']).toBe('203.0.113.5')
  })

  it('sees no method, path, query or user agent that Next.js fails on or is slow with', async () => {
    stop = normalizeIncomingRequests(
      { clientAddress: { trustedHops: 0 }, appOrigin: 'https://app.example' },
      agreedTime,
    )
    const path = `/x%ff?${'q&'.repeat(5000)}`
    await ask({ 'user-agent': 'A'.repeat(5000) }, { method: 'TRACE', path })
    expect(line).toBe(`PUT /x%EF%BF%BD?${'q&'.repeat(255)}q`)
    expect(seen[0]?.['user-agent']).toBe('A'.repeat(512))
  })

  it('F49 sees when a request arrived, by the time that all machines agree on, whatever the client or the machine’s own clock says', async () => {
    vi.useFakeTimers({ now: AGREED - 1_200_000, toFake: ['Date'] })
    stop = normalizeIncomingRequests(
      { clientAddress: { trustedHops: 0 }, appOrigin: 'https://app.example' },
      agreedTime,
    )
    await ask({ [RECEIVED_AT_HEADER]: '0 1' })
    vi.useRealTimers()
    const arrival = receivedAt(new Headers(seen[0] as Record<string, string>), {
      trustsReceivedAt: true,
    })
    expect(arrival.at).toBe(AGREED)
    expect(arrival.waitedMs()).toBeGreaterThan(0)
  })

  it('sees the headers unchanged on a platform that overwrites them itself', async () => {
    stop = normalizeIncomingRequests(
      { clientAddress: 'platform', appOrigin: 'https://app.example' },
      agreedTime,
    )
    await ask(forged)
    expect(seen[0]).toMatchObject(forged)
  })

  function ask(
    headers: Record<string, string | string[]>,
    target: { method?: string; path?: string } = {},
  ): Promise<void> {
    const { port } = server.address() as AddressInfo
    return new Promise((resolve, reject) => {
      const options = { port, host: '127.0.0.1', headers, agent: false, ...target }
      const sent = request(options, (response) => {
        response.resume().on('end', resolve)
      })
      sent.on('error', reject).end()
    })
  }
})
