import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { normalizeIncomingRequests } from '../intake/request-normalizer'
import { currentRequestId } from './request-context'
import { filterTraceHeaders } from './request-identity'

describe('a trace', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const kept = (given: string, socket: string, hops: number) => {
    const headers = { traceparent: given, tracestate: 'vendor=1', baggage: 'user=1' }
    filterTraceHeaders(headers, socket, hops)
    return headers
  }

  it.each([
    ['middleware', '127.0.0.1', 0],
    ['middleware over IPv6', '::1', 0],
    ['middleware over IPv4-mapped IPv6', '::ffff:127.0.0.1', 0],
    ['a trusted proxy', '192.0.2.1', 1],
  ])('is continued from %s, without tracestate and baggage', (_, socket, hops) => {
    expect(kept(traceparent, socket, hops)).toEqual({ traceparent })
  })

  it.each([
    ['a stranger sends it', traceparent, '192.0.2.1', 0],
    ['the sender is unknown', traceparent, '', 0],
    ['it is malformed', `${traceparent}-x`, '127.0.0.1', 1],
    ['it was sent twice', `${traceparent}, ${traceparent}`, '127.0.0.1', 1],
  ])('starts anew if %s', (_, given, socket, hops) => {
    expect(kept(given, socket, hops)).toEqual({})
  })
})

describe('the id of a request', () => {
  const server = createServer(async (incoming, response) => {
    await pause(Number(incoming.headers['x-pause'] ?? 0))
    response.end(`${incoming.headers['x-request-id']} ${currentRequestId()}`)
  })
  let stop = () => {}

  beforeAll(async () => {
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    stop = normalizeIncomingRequests(
      { clientAddress: { trustedHops: 0 }, appOrigin: 'http://localhost:3000' },
      () => null,
    )
  })
  afterAll(async () => {
    stop()
    await new Promise((resolve) => server.close(resolve))
  })

  it('is kept if it is well-formed, and is in the response, in the request and in all asynchronous work', async () => {
    const answer = await ask({ 'x-request-id': 'given-by-a-proxy' })
    expect(answer).toEqual(['given-by-a-proxy', 'given-by-a-proxy given-by-a-proxy'])
  })

  it('is replaced in all three if it is malformed', async () => {
    const [id, body] = await ask({ 'x-request-id': 'a line\tbreak' })
    expect(id).toMatch(/^[\da-f-]{36}$/)
    expect(body).toBe(`${id} ${id}`)
  })

  it('differs between requests, on one connection and on many at once', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (const id of ['first-on-it', 'second-on-it']) {
      expect(await ask({ 'x-request-id': id }, agent)).toEqual([id, `${id} ${id}`])
    }
    agent.destroy()
    const ids = Array.from({ length: 20 }, (_, n) => `many-at-once-${n}`)
    const answers = await Promise.all(
      ids.map((id, n) => ask({ 'x-request-id': id, 'x-pause': `${20 - n}` })),
    )
    expect(answers).toEqual(ids.map((id) => [id, `${id} ${id}`]))
  })

  it('is null outside a request', () => expect(currentRequestId()).toBeNull())

  function ask(headers: Record<string, string>, agent: Agent | false = false): Promise<unknown[]> {
    const { port } = server.address() as AddressInfo
    return new Promise((resolve, reject) => {
      const sent = request({ port, host: '127.0.0.1', headers, agent }, (response) => {
        let body = ''
        response.on('data', (chunk) => {
          body += chunk
        })
        response.on('end', () => resolve([response.headers['x-request-id'], body]))
      })
      sent.on('error', reject).end()
    })
  }
})
