import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFaults } from './faults'
import { openProxy, type TestProxy } from './proxy'

/** An app that answers with the address of the request. */
const app = createServer((asked, answer) => answer.end(`${asked.method} ${asked.url}`))
let origin = ''
let proxy: TestProxy

beforeAll(async () => {
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  origin = `http://localhost:${(app.address() as AddressInfo).port}`
  proxy = await openProxy(origin)
})

afterAll(async () => {
  await proxy.close()
  await new Promise((resolve) => app.close(resolve))
})

/** Asks as a browser does that has the proxy in its settings. */
async function askThroughProxy(address: string, headers: Record<string, string> = {}) {
  const { hostname, port } = new URL(proxy.origin)
  const asked = request({ hostname, port, path: address, headers, agent: false }).end()
  const [answer] = await once(asked, 'response')
  let body = ''
  for await (const chunk of answer.setEncoding('utf8')) body += chunk
  return `${answer.statusCode} ${body}`
}

/** A `Cookie` header with the refresh token of a user. */
function cookieOf(sub: string): Record<string, string> {
  const claims = Buffer.from(JSON.stringify({ sub, sid: 's' })).toString('base64url')
  return { cookie: `other=1; refresh_token=head.${claims}.signature` }
}

describe('the proxy', () => {
  it('stands in the place of the app, or in a browser’s settings', async () => {
    expect(await (await fetch(`${proxy.origin}/a?b=1`)).text()).toBe('GET /a?b=1')
    expect(await askThroughProxy(`${origin}/a?b=2`)).toBe('200 GET /a?b=2')
    const [, absolute] = proxy.passed('/a')
    expect(absolute?.url).toBe('/a?b=2')
  })

  it('sends requests for other hosts on, and no fault meets them', async () => {
    const other = createServer((_, answer) => answer.end('other'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const fault = await proxy.place({ fault: { kind: 'answer', status: 503 }, users: [] })
    const { port } = other.address() as AddressInfo
    expect(await askThroughProxy(`http://127.0.0.1:${port}/`)).toBe('200 other')
    expect(await fault.remove()).toBe(0)
    await new Promise((resolve) => other.close(resolve))
  })

  it('serves a connection that a browser opens to the app, faults included', async () => {
    const fault = await proxy.place({ fault: { kind: 'answer', status: 418 }, users: [], times: 1 })
    const socket = connect(Number(new URL(proxy.origin).port), '127.0.0.1')
    const { host } = new URL(origin)
    socket.write(`CONNECT ${host} HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
    const [opened] = await once(socket, 'data')
    expect(String(opened)).toMatch(/^HTTP\/1.1 200/)
    socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1.1 418/)
    expect(await fault.remove()).toBe(1)
    socket.destroy()
  })
})

describe('a fault', () => {
  const answer = { kind: 'answer', status: 503 } as const

  it('meets the requests of its users, by their tokens, and nobody else’s', async () => {
    const fault = await proxy.place({ fault: answer, users: ['ann'] })
    const ask = async (headers?: Record<string, string>) =>
      (await fetch(`${proxy.origin}/`, { headers: headers ?? {} })).status
    expect([await ask(cookieOf('ann')), await ask(cookieOf('bob')), await ask()]).toEqual([
      503, 200, 200,
    ])
    expect(await fault.remove()).toBe(1)
    expect(await ask(cookieOf('ann'))).toBe(200)
  })

  it('happens as often as it says', async () => {
    const fault = await proxy.place({ fault: answer, users: [], path: '/x', times: 2 })
    const statuses: number[] = []
    for (let i = 0; i < 3; i++) statuses.push((await fetch(`${proxy.origin}/x?i=${i}`)).status)
    expect(statuses).toEqual([503, 503, 200])
    await fault.remove()
  })

  it('is placed from another process, and says how many requests it has met', async () => {
    const faults = openFaults(proxy.origin)
    const fault = await faults.place({ fault: answer, users: [], pattern: '^/y\\?' })
    expect((await fetch(`${proxy.origin}/y?a`)).status).toBe(503)
    expect((await fetch(`${proxy.origin}/y`)).status).toBe(200)
    expect([await fault.remove(), await fault.remove()]).toEqual([1, 1])
    expect((await fetch(`${proxy.origin}/y?a`)).status).toBe(200)
  })

  it('cannot be placed by a page, which can send no such header', async () => {
    const body = JSON.stringify({ fault: answer, users: [] })
    const refused = await fetch(`${proxy.origin}/__rekindle/faults`, { method: 'POST', body })
    expect(refused.status).toBe(403)
    expect((await fetch(`${proxy.origin}/`)).status).toBe(200)
  })
})
