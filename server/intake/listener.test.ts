import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readBody } from '@/server/http/request-body'
import { boundIntake } from '@/server/intake/bounds'
import { normalizeIncomingRequests } from '@/server/intake/request-normalizer'
import { createListener } from './listener'

const cleanUps: (() => unknown)[] = []
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp()
})

/** What a function behind the listener sees of a request with these header lines. */
async function seen<T>(
  lines: readonly string[],
  look: (request: Request) => T | Promise<T>,
  target = '/a?b=c',
  { method = 'GET', body = '' } = {},
): Promise<T> {
  const results: T[] = []
  const listener = createListener(async (request) => {
    results.push(await look(request))
    return new Response('seen')
  })
  const server = createServer(listener).listen(0, '127.0.0.1')
  boundIntake(server)
  const config = { clientAddress: { trustedHops: 0 }, appOrigin: 'https://app.example' }
  cleanUps.push(
    normalizeIncomingRequests(config, () => null),
    () => server.close(),
  )
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.write(
    [`${method} ${target} HTTP/1.1`, 'Connection: close', ...lines, '', body].join('\r\n'),
  )
  let text = ''
  for await (const chunk of socket.setEncoding('utf8')) text += chunk
  expect(text).toContain('HTTP/1.1 200 OK')
  const [result] = results
  if (result === undefined) throw new Error('Nothing was seen')
  return result
}

const FORGED = [
  'Host: evil.example',
  'X-Forwarded-For: 203.0.113.9',
  'X-Forwarded-Host: evil.example',
]

describe('a request behind the listener', () => {
  it.each<[string, (request: Request) => Headers]>([
    ['as it is', ({ headers }) => headers],
    ['as a copy', ({ headers }) => new Headers(headers)],
  ])('F19 has the headers as they were normalized, %s', async (_, read) => {
    const headers = await seen(FORGED, (request) => Object.fromEntries(read(request)))
    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'app.example',
      'x-forwarded-proto': 'https',
    })
    expect(headers).not.toHaveProperty('x-requested-host')
  })

  it('has the first of two values that may come once, as in Next.js', async () => {
    const twice = ['Host: x', 'Authorization: Bearer one', 'Authorization: Bearer two']
    expect(await seen(twice, ({ headers }) => headers.get('authorization'))).toBe('Bearer one')
  })

  it.each(['evil.example', 'a b', '[::1', 'a@b', ''])(
    'has the same URL if its Host is "%s"',
    async (host) => {
      expect(await seen([`Host: ${host}`], ({ url }) => url)).toBe('http://localhost/a?b=c')
    },
  )

  it('has slashes where the target has backslashes, as a URL does', async () => {
    expect(await seen(['Host: x'], ({ url }) => url, '/a\\b')).toBe('http://localhost/a/b')
  })

  it.each([
    ['with a length', ['Content-Length: 7'], '{"a":1}'],
    ['in chunks', ['Transfer-Encoding: chunked'], '3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n'],
  ])('has its body, which came %s, without a stream', async (_, lines, body) => {
    const post = ['Host: x', 'Content-Type: application/json', ...lines]
    const read = async (request: Request) => {
      const given = await readBody(request, z.object({ a: z.int() }))
      return { ...given, isStreamUsed: request.bodyUsed }
    }
    const result = await seen(post, read, '/a', { method: 'POST', body })
    expect(result).toEqual({ a: 1, isStreamUsed: false })
  })
})
