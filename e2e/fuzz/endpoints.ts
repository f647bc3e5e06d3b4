/** In whose words an endpoint refuses. */
export type Words = 'canonical' | 'detail' | 'message' | 'error' | 'oauth'

/** Where a token can come along. */
export type Place =
  | 'bearer'
  | `cookie ${'access_token' | 'refresh_token' | 'RefreshToken' | 'refreshToken'}`
  | `body ${'refresh_token' | 'access_token' | 'token'}`

export interface Endpoint {
  readonly path: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly words: Words
  readonly body?: 'json' | 'form' | 'either'
  readonly fields?: readonly string[]
  /** Where it looks for an access token and for a refresh token: never put a live one there. */
  readonly access?: readonly Place[]
  readonly refresh?: readonly Place[]
  /** It acts on whatever our keys have signed, wherever it comes: not even a dead token is put there. */
  readonly hearsAll?: boolean
  /** A live access token does no harm there, as what else is sent is never right. */
  readonly bearsLive?: boolean
  /** What it answers, beside refusals, to requests that change nothing. */
  readonly harmless?: readonly number[]
  /** Where a form that failed is sent, 303. */
  readonly formPage?: RegExp
}

const ACCESS: readonly Place[] = ['bearer', 'cookie access_token']
const CLIENT = ['client_id', 'client_secret'] as const

/** What middleware guards: it refreshes by itself where the refresh cookie is good. */
const gated = { words: 'canonical', access: ACCESS, refresh: ['cookie refresh_token'] } as const
const signingIn = { method: 'POST', fields: ['username', 'password'] } as const
const oauth = { method: 'POST', words: 'oauth', body: 'form' } as const

export const ENDPOINTS: readonly Endpoint[] = [
  { ...signingIn, path: '/login', words: 'detail', body: 'json' },
  {
    path: '/refresh',
    method: 'POST',
    words: 'detail',
    body: 'json',
    fields: ['refresh_token', 'access_token'],
    refresh: ['bearer', 'body refresh_token'],
  },
  {
    path: '/protected',
    method: 'GET',
    words: 'detail',
    access: ACCESS,
    bearsLive: true,
  },
  {
    path: '/api/refresh/refreshtoken',
    method: 'GET',
    words: 'message',
    refresh: ['cookie RefreshToken', 'cookie refreshToken'],
  },
  { path: '/refresh_token', method: 'POST', words: 'error', refresh: ['bearer'] },
  {
    ...oauth,
    path: '/oauth/token',
    fields: ['grant_type', 'refresh_token', 'scope', ...CLIENT],
    refresh: ['body refresh_token'],
  },
  {
    ...oauth,
    path: '/oauth/revoke',
    fields: ['token', 'token_type_hint', ...CLIENT],
    hearsAll: true,
    harmless: [200],
  },
  {
    ...oauth,
    path: '/oauth/introspect',
    fields: ['token', 'token_type_hint', ...CLIENT],
    access: ['body token'],
    refresh: ['body token'],
    harmless: [200],
  },
  {
    path: '/.well-known/oauth-authorization-server',
    method: 'GET',
    words: 'oauth',
    harmless: [200],
  },
  { path: '/.well-known/jwks.json', method: 'GET', words: 'canonical', harmless: [200] },
  {
    ...signingIn,
    path: '/api/auth/login',
    words: 'canonical',
    body: 'either',
    formPage: /^\/sign-in\?error=/,
  },
  {
    ...signingIn,
    path: '/api/auth/register',
    words: 'canonical',
    body: 'either',
    formPage: /^\/sign-up\?error=/,
  },
  {
    path: '/api/auth/refresh',
    method: 'POST',
    words: 'canonical',
    refresh: ['cookie refresh_token'],
  },
  {
    path: '/api/auth/logout',
    method: 'POST',
    words: 'canonical',
    body: 'either',
    hearsAll: true,
    harmless: [204],
    formPage: /^\/sign-in\?reason=signed_out$/,
  },
  { ...gated, path: '/api/me', method: 'GET', bearsLive: true },
  { ...gated, path: '/api/sessions', method: 'GET', bearsLive: true },
  { ...gated, path: '/api/sessions/~other-session~', method: 'DELETE', bearsLive: true },
  { ...gated, path: '/api/sessions/end-others', method: 'POST' },
  {
    ...gated,
    path: '/api/account/password',
    method: 'POST',
    body: 'either',
    fields: ['currentPassword', 'newPassword'],
    bearsLive: true,
  },
  {
    ...gated,
    path: '/api/account/confirm',
    method: 'POST',
    body: 'either',
    fields: ['currentPassword'],
    bearsLive: true,
  },
  {
    ...gated,
    path: '/api/account',
    method: 'DELETE',
    body: 'either',
    fields: ['currentPassword'],
    bearsLive: true,
  },
]

/** The tokens that may stand at a place of an endpoint, and move nothing. */
export function tokensFor(
  endpoint: Endpoint,
  place: Place,
  { foreign, dead }: { foreign: readonly string[]; dead: readonly string[] },
): string[] {
  if (endpoint.hearsAll) return [...foreign]
  const { access = [], refresh = [], bearsLive } = endpoint
  const live = [
    ...(!access.includes(place) || bearsLive ? ['access-live'] : []),
    ...(refresh.includes(place) ? [] : ['refresh-live']),
  ]
  return [...foreign, ...dead, ...live]
}
