import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import type { User } from '../server/server'

/** Signs in without a browser. Returns the `Cookie` header for later requests. */
export async function signInOverHttp(origin: string, { name, password }: User): Promise<string> {
  const answer = await fetch(`${origin}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: name, password }),
  })
  if (answer.status !== 200) throw new Error(`Sign-in answered ${answer.status}`)
  await answer.body?.cancel()
  return cookieHeader(cookiesOf(answer))
}

export interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

/** Signs in as a mobile app does, which stores its tokens itself. */
export async function signInForTokens(origin: string, { name, password }: User): Promise<Tokens> {
  const answer = await fetch(`${origin}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: name, password }),
  })
  if (answer.status !== 200) throw new Error(`Sign-in answered ${answer.status}`)
  return answer.json()
}

/** The cookies that a response sets, by name. */
export function cookiesOf({ headers }: Response): Record<string, string> {
  return cookiePairs(headers.getSetCookie())
}

/** The cookies that `Set-Cookie` lines set, by name. */
export function cookiePairs(setCookies: readonly string[]): Record<string, string> {
  const pairs = setCookies.map((line) => {
    const [pair = ''] = line.split(';', 1)
    return [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const
  })
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''))
}

export function cookieHeader(cookies: Readonly<Record<string, string>>): string {
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')
}

export interface ScriptAnswer {
  readonly status: number
  readonly setCookies: readonly string[]
  readonly body: string
}

/** Requests one path `count` times in parallel, over connections that are all open beforehand, so that none has a head start. */
export async function askTogether(
  port: number,
  path: string,
  cookie: string,
  count: number,
): Promise<ScriptAnswer[]> {
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    }),
  )
  return Promise.all(
    sockets.map(async (socket) => {
      const headers = { cookie, connection: 'close' }
      const asked = request({ port, path, headers, createConnection: () => socket }).end()
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      let body = ''
      for await (const chunk of answer.setEncoding('utf8')) body += chunk
      const { statusCode: status = 0, headers: received } = answer
      return { status, setCookies: received['set-cookie'] ?? [], body }
    }),
  )
}
