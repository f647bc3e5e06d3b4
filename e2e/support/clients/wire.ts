import { expect } from '@playwright/test'
import { type Description, openDescription } from '../api-description'
import { type AppServer, OAUTH_CLIENT, type User } from '../server/server'

/** A request for `ask`. */
export interface WireRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: Readonly<Record<string, string>>
  readonly bearer?: string
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
  /** A raw body, whose content type is among `headers`. */
  readonly raw?: string | Uint8Array<ArrayBuffer>
}

/** A received response. */
export interface WireResponse {
  readonly status: number
  readonly headers: Headers
  readonly setCookies: readonly string[]
  /** The body as JSON, or as text if it is not JSON, or null if it is empty. */
  readonly body: unknown
}

const descriptions = new WeakMap<AppServer, Promise<Description>>()

function describe(server: AppServer): Promise<Description> {
  const known = descriptions.get(server)
  const made = known ?? openDescription(`http://127.0.0.1:${server.port}`)
  descriptions.set(server, made)
  return made
}

/**
 * Sends requests as a program without a cookie jar.
 * @throws Error if a response breaks the server's API description.
 */
export async function ask(
  server: AppServer,
  path: string,
  request: WireRequest = {},
): Promise<WireResponse> {
  const { json, form, raw, bearer, cookies } = request
  const headers = new Headers(request.headers)
  if (bearer !== undefined) headers.set('authorization', `Bearer ${bearer}`)
  if (cookies) {
    const pairs = Object.entries(cookies).map(([name, value]) => `${name}=${value}`)
    headers.set('cookie', pairs.join('; '))
  }
  if (json !== undefined) headers.set('content-type', 'application/json')
  if (form) headers.set('content-type', 'application/x-www-form-urlencoded')
  const body =
    json !== undefined ? JSON.stringify(json) : form ? `${new URLSearchParams(form)}` : raw
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    method: request.method ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  })
  const text = await answer.text()
  const description = await describe(server)
  if (description.describes(path)) {
    const { status } = answer
    const received = Object.fromEntries(answer.headers)
    const method = request.method ?? (body === undefined ? 'GET' : 'POST')
    description.check({ method, path, status, headers: received, body: text })
  }
  return {
    status: answer.status,
    headers: answer.headers,
    setCookies: answer.headers.getSetCookie(),
    body: text === '' ? null : parsed(text),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The value that a response's `Set-Cookie` lines give a cookie, or null. */
export function cookieIn({ setCookies }: WireResponse, name: string): string | null {
  const line = setCookies.find((candidate) => candidate.startsWith(`${name}=`))
  return line?.slice(name.length + 1).split(';', 1)[0] ?? null
}

export interface Tokens {
  readonly access: string
  readonly refresh: string
}

/** Signs in as a browser or the client SDK does. */
export async function signInCanonically(server: AppServer, user: User): Promise<Tokens> {
  const json = { username: user.name, password: user.password }
  const response = await ask(server, '/api/auth/login', { json })
  expect(response.status).toBe(200)
  const refresh = cookieIn(response, 'refresh_token')
  return { access: (response.body as { token: string }).token, refresh: refresh ?? '' }
}

/** Signs in as a mobile app does, which keeps one refresh token. */
export async function signInKeeping(server: AppServer, user: User): Promise<Tokens> {
  const json = { username: user.name, password: user.password }
  const response = await ask(server, '/login', { json })
  expect(response.status).toBe(200)
  const { access_token: access, refresh_token: refresh } = response.body as Record<string, string>
  return { access: access ?? '', refresh: refresh ?? '' }
}

/** HTTP Basic credentials of `OAUTH_CLIENT`. */
export const CLIENT_BASIC = {
  authorization: `Basic ${btoa(`${OAUTH_CLIENT.id}:${OAUTH_CLIENT.secret}`)}`,
}

export interface Refresher {
  readonly rotates: boolean
  refresh(server: AppServer, refreshToken: string): Promise<WireResponse>
  /** The access token of a grant. */
  accessOf(response: WireResponse): string
  /** The refresh token of a grant, or null. */
  refreshOf(response: WireResponse): string | null
  /** The response to a refresh token that is not, or no longer, valid. */
  readonly refusal: { readonly status: number; readonly body: unknown }
}

const field = (response: WireResponse, name: string) =>
  (response.body as Record<string, string>)[name] ?? ''
const INVALID = 'Refresh token expired or invalid'

/** How a client of each contract refreshes. */
export const REFRESHERS: Readonly<Record<string, Refresher>> = {
  'cookie-json': {
    rotates: true,
    refresh: (server, token) =>
      ask(server, '/api/auth/refresh', { method: 'POST', cookies: { refresh_token: token } }),
    accessOf: (response) => field(response, 'token'),
    refreshOf: (response) => cookieIn(response, 'refresh_token'),
    refusal: {
      status: 401,
      body: {
        error: {
          ...{ code: 'INVALID_REFRESH_TOKEN', message: INVALID, status: 401 },
          reason: expect.any(String),
        },
      },
    },
  },
  'bearer-or-body': {
    rotates: false,
    refresh: (server, token) => ask(server, '/refresh', { json: { refresh_token: token } }),
    accessOf: (response) => field(response, 'access_token'),
    refreshOf: () => null,
    refusal: { status: 401, body: { detail: INVALID } },
  },
  'cookie-get': {
    rotates: false,
    refresh: (server, token) =>
      ask(server, '/api/refresh/refreshtoken', { cookies: { RefreshToken: token } }),
    accessOf: (response) => field(response, 'accessToken'),
    refreshOf: () => null,
    refusal: { status: 400, body: { message: INVALID } },
  },
  'bearer-post': {
    rotates: false,
    refresh: (server, token) => ask(server, '/refresh_token', { method: 'POST', bearer: token }),
    accessOf: (response) => field(response, 'access_token'),
    refreshOf: () => null,
    refusal: { status: 401, body: { error: 'invalid_refresh_token' } },
  },
  oauth: {
    rotates: true,
    refresh: (server, token) =>
      ask(server, '/oauth/token', { form: { grant_type: 'refresh_token', refresh_token: token } }),
    accessOf: (response) => field(response, 'access_token'),
    refreshOf: (response) => field(response, 'refresh_token') || null,
    refusal: { status: 400, body: { error: 'invalid_grant', error_description: INVALID } },
  },
}
