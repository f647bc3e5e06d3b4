import fc from 'fast-check'
import { ENDPOINTS } from './endpoints'
import { forwardedFor } from './headers'
import type { FuzzBody, FuzzRequest } from './requests'

type Good = Pick<FuzzRequest, 'method' | 'path' | 'headers'> & { readonly text: string | null }

const JSON_TYPE = ['content-type', 'application/json'] as const
const FORM_TYPE = ['content-type', 'application/x-www-form-urlencoded'] as const
const BEARER = ['authorization', 'Bearer ~access-live~'] as const
const REFRESH = ['authorization', 'Bearer ~refresh-live~'] as const
const CREDENTIALS = '{"username":"~user~","password":"~password~"}'
const NEWCOMER = '{"username":"a-newcomer","password":"a good long password"}'
const PASSWORDS = '{"currentPassword":"~password~","newPassword":"a good long password"}'
const GRANT = 'grant_type=refresh_token&refresh_token=~refresh-live~'

const post = (path: string, headers: Good['headers'], text: string | null = null): Good => ({
  method: 'POST',
  path,
  headers,
  text,
})

/** Requests that would succeed. Most of them would change something. */
const GOOD: readonly Good[] = [
  post('/login', [JSON_TYPE], CREDENTIALS),
  post('/api/auth/login', [JSON_TYPE], CREDENTIALS),
  post('/api/auth/login', [FORM_TYPE], 'username=~user~&password=~password~'),
  post('/api/auth/register', [JSON_TYPE], NEWCOMER),
  post('/refresh', [REFRESH]),
  post('/refresh', [JSON_TYPE], '{"refresh_token":"~refresh-live~"}'),
  post('/refresh', [JSON_TYPE, BEARER], '{"refresh_token":"~refresh-live~"}'),
  post('/refresh_token', [REFRESH]),
  {
    method: 'GET',
    path: '/api/refresh/refreshtoken',
    headers: [['cookie', 'RefreshToken=~refresh-live~']],
    text: null,
  },
  post('/api/auth/refresh', [['cookie', 'refresh_token=~refresh-live~']]),
  post('/oauth/token', [FORM_TYPE], GRANT),
  post('/oauth/token', [FORM_TYPE, ['authorization', 'Basic ~basic~']], GRANT),
  post('/oauth/revoke', [FORM_TYPE], 'token=~refresh-live~'),
  post('/oauth/revoke', [FORM_TYPE], 'token=~access-live~'),
  post(
    '/oauth/introspect',
    [FORM_TYPE, ['authorization', 'Basic ~basic~']],
    'token=~refresh-live~',
  ),
  post('/api/auth/logout', [['cookie', 'refresh_token=~refresh-live~']]),
  post('/api/auth/logout', [BEARER]),
  post('/api/sessions/end-others', [BEARER]),
  { method: 'DELETE', path: '/api/sessions/~own-session~', headers: [BEARER], text: null },
  post('/api/account/password', [BEARER, JSON_TYPE], PASSWORDS),
  post('/api/account/confirm', [BEARER, JSON_TYPE], '{"currentPassword":"~password~"}'),
  {
    method: 'DELETE',
    path: '/api/account',
    headers: [BEARER, JSON_TYPE],
    text: '{"currentPassword":"~password~"}',
  },
]

type Mutation = (good: Good) => Partial<FuzzRequest> | null

const withHeader =
  (...headers: (readonly [string, string])[]): Mutation =>
  (good) => ({ headers: [...headers, ...good.headers] })
/** Applies only to requests with a body. */
const withBody =
  (change: (text: string) => FuzzBody): Mutation =>
  ({ text }) =>
    text === null ? null : { body: change(text) }
const base64 = (...parts: Uint8Array[]) => ({ base64: Buffer.concat(parts).toString('base64') })

const MUTATIONS: readonly Mutation[] = [
  withHeader(['origin', 'https://evil.example']),
  withHeader(['origin', 'null']),
  withHeader(['origin', 'https://evil.example'], ['sec-fetch-site', 'same-origin']),
  withHeader(['origin', 'http://evil.example'], ['host', 'evil.example']),
  withHeader(['origin', 'http://evil.example'], ['x-forwarded-host', 'evil.example']),
  withHeader(['origin', 'https://other.example.evil.example']),
  withHeader(['sec-fetch-site', 'cross-site']),
  withHeader(['sec-fetch-site', 'same-site']),
  () => ({ method: 'PUT' }),
  () => ({ method: 'PATCH' }),
  withBody((text) => ({ text: text + ' '.repeat(20_000) })),
  withBody((text) => base64(Buffer.from(text), Uint8Array.of(0xff))),
  withBody((text) => ({ text: `${text}${text.startsWith('{') ? ',' : `&${text}`}` })),
  (good) =>
    good.text === null
      ? null
      : { headers: [['content-type', 'text/plain'], ...withoutType(good.headers)] },
  (good) =>
    good.path.startsWith('/oauth/')
      ? { headers: [FORM_TYPE, ['authorization', 'Basic ~basic-wrong~']] }
      : null,
]

/** A request with exactly one thing wrong. */
export function mutatedRequest(): fc.Arbitrary<FuzzRequest> {
  const all = GOOD.flatMap((good) =>
    MUTATIONS.flatMap((mutate) => {
      const change = mutate(good)
      return change === null ? [] : [{ good, change }]
    }),
  )
  return fc.tuple(fc.constantFrom(...all), forwardedFor).map(([{ good, change }, address]) => {
    const { text, ...request } = good
    const body = text === null ? null : { text }
    const endpoint = ENDPOINTS.find(({ path }) => path === good.path || isSession(path, good.path))
    const mutated = { ...request, body, ...change }
    return { ...mutated, endpoint: strict(endpoint), headers: [...mutated.headers, address] }
  })
}

const isSession = (known: string, path: string) =>
  known.startsWith('/api/sessions/~') && path.startsWith('/api/sessions/~')

/** The endpoint without its harmless answers: a mutated request must be refused. */
function strict(endpoint: FuzzRequest['endpoint']): FuzzRequest['endpoint'] {
  return endpoint && { ...endpoint, harmless: [], bearsLive: false }
}

function withoutType(headers: Good['headers']): Good['headers'] {
  return headers.filter(([name]) => name !== 'content-type')
}
