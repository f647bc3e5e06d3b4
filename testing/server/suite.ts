import { join } from 'node:path'
import { vi } from 'vitest'
import { cookiePairs, readCookies, replaceCookies } from '@/http/request/cookies'
import { type Services, services } from '@/server/composition'
import type { Grant } from '@/session/grant'
import type { ClientInfo } from '@/session/session'
import type { StartingUser } from '@/session/start'
import { temporaryDirectory } from '../database/temporary-sqlite'

/** Origins of the server under test. */
export const HTTP = 'http://localhost:3000'
export const HTTPS = 'https://app.example'

/** The server of a test file: the composition root over a database of its own. */
export interface TestServer extends Services {
  /** Starts a session, as a sign-in does once it has compared the password. */
  startSession(user: StartingUser, client?: ClientInfo): Promise<Grant>
  /** Closes the server and removes its files. */
  dispose(): Promise<void>
}

const slot = globalThis as { rekindle?: Promise<Services> | undefined }

/** Composes a new server from `env`, as a new process would. */
export async function openServer(env: Record<string, string> = {}): Promise<TestServer> {
  const directory = temporaryDirectory()
  const variables: Record<string, string> = {
    APP_ORIGIN: HTTP,
    DATABASE_URL: `file:${join(directory.path, 'test.db')}`,
    ACCESS_TOKEN_SECRET: 'an-access-secret-of-enough-characters-1',
    REFRESH_TOKEN_SECRET: 'a-refresh-secret-of-enough-characters-2',
    ...env,
  }
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  slot.rekindle = undefined
  const opened = await services()
  return {
    ...opened,
    async startSession(user, client = { address: '192.0.2.1', userAgent: 'Browser/1' }) {
      const grant = await opened.engine.start(user, client, [])
      if (!grant) throw new Error('This user cannot sign in')
      return grant
    },
    async dispose() {
      slot.rekindle = undefined
      vi.unstubAllEnvs()
      await opened.database.close()
      directory.remove()
    },
  }
}

/** The cookies that a client keeps between its requests. */
export class Jar {
  /** The `Cookie` header of the next request, or null if the jar is empty. */
  header: string | null = null

  /** Stores the cookies that a response sets, and drops those that it deletes. */
  take(response: Response): this {
    const lines = response.headers.getSetCookie()
    const deleted = lines.map((line) => line.split('=', 1)[0] ?? '')
    const dropped = replaceCookies(this.header, Object.fromEntries(deleted.map((n) => [n, ''])))
    this.header = replaceCookies(dropped, cookiePairs(lines))
    return this
  }

  /** A copy of the jar as it is now, as a thief takes one. */
  copy(): Jar {
    const copy = new Jar()
    copy.header = this.header
    return copy
  }
}

/** The value of a cookie of a `Cookie` header, or null. */
export function readCookie(header: string | null, name: string): string | null {
  return readCookies(header, name)[0] ?? null
}

/** A request as a route handler receives it. A body that is an object is sent as JSON, and a string as a form. */
export function asked(
  method: string,
  body: object | string | null = null,
  { jar, headers = {} }: { jar?: Jar | undefined; headers?: Record<string, string> } = {},
): Request {
  const type = typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json'
  return new Request(`${HTTP}/`, {
    method,
    headers: {
      ...(body === null ? {} : { 'content-type': type }),
      ...(jar?.header ? { cookie: jar.header } : {}),
      ...headers,
    },
    body: typeof body === 'string' || body === null ? body : JSON.stringify(body),
  })
}

/** The error of a response. Throws unless it has the one shape of all errors. */
export async function errorOf(response: Response): Promise<{ code: string; reason?: string }> {
  const { error } = await response.json()
  const keys = Object.keys(error).filter((key) => key !== 'reason')
  if (keys.join() !== 'code,message,status' || error.status !== response.status) {
    throw new Error(`Not the one error shape: ${JSON.stringify(error)}`)
  }
  return error
}

/** Headers of browser requests that another site made, each with its name. */
export const CROSS_SITE: [string, Record<string, string>][] = [
  ['another origin', { origin: 'https://evil.example' }],
  ['the opaque origin', { origin: 'null' }],
  ['a sibling', { origin: 'http://sub.localhost:3000' }],
  ['another scheme', { origin: 'https://localhost:3000' }],
  ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
  ['a same-site fetch', { 'sec-fetch-site': 'same-site' }],
  ['a same-site fetch with our origin', { 'sec-fetch-site': 'same-site', origin: HTTP }],
]

/** The headers of every response of an API route, and (F13) of every response that sets a cookie. */
export const ALWAYS = {
  'cache-control': 'private, no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
}

/** The headers of a response as an object. */
export function headersOf(response: Response): Record<string, string> {
  return Object.fromEntries(response.headers)
}
