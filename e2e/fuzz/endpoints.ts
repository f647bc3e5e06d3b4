/** The error format of an endpoint. */
export type ErrorFormat = 'canonical' | 'detail' | 'message' | 'error' | 'oauth'

/** The places in a request that can carry a token. */
export type Place =
  | 'bearer'
  | `cookie ${'access_token' | 'refresh_token' | 'RefreshToken' | 'refreshToken'}`
  | `body ${'refresh_token' | 'access_token' | 'token'}`

export interface Endpoint {
  readonly path: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly format: ErrorFormat
  readonly body?: 'json' | 'form' | 'either'
  readonly fields?: readonly string[]
  /** Where the endpoint reads access and refresh tokens. Requests never carry a live one there. */
  readonly access?: readonly Place[]
  readonly refresh?: readonly Place[]
  /** The endpoint acts on any token with a valid signature, in any place, so requests carry no dead token either. */
  readonly hearsAll?: boolean
  /** A live access token does no harm, because the rest of the request is never valid. */
  readonly bearsLive?: boolean
  /** Success statuses of requests that change nothing. */
  readonly harmless?: readonly number[]
  /** Where a failed form is redirected to, with 303. */
  readonly formPage?: RegExp
}

const ACCESS: readonly Place[] = ['bearer', 'cookie access_token']
const CLIENT = ['client_id', 'client_secret'] as const

/** Endpoints behind the gate: middleware refreshes if the refresh cookie is valid. */
const gated = { format: 'canonical', access: ACCESS, refresh: ['cookie refresh_token'] } as const
const signingIn = { method: 'POST', fields: ['username', 'password'] } as const
const oauth = { method: 'POST', format: 'oauth', body: 'form' } as const

export const ENDPOINTS: readonly Endpoint[] = [
  { ...signingIn, path: '/login', format: 'detail', body: 'json' },
  {
    path: '/refresh',
    method: 'POST',
    format: 'detail',
    body: 'json',
    fields: ['refresh_token', 'access_token'],
    refresh: ['bearer', 'body refresh_token'],
  },
  {
    path: '/protected',
    method: 'GET',
    format: 'detail',
    access: ACCESS,
    bearsLive: true,
  },
  {
    path: '/api/refresh/refreshtoken',
    method: 'GET',
    format: 'message',
    refresh: ['cookie RefreshToken', 'cookie refreshToken'],
  },
  { path: '/refresh_token', method: 'POST', format: 'error', refresh: ['bearer'] },
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
    format: 'oauth',
    harmless: [200],
  },
  { path: '/.well-known/jwks.json', method: 'GET', format: 'canonical', harmless: [200] },
  {
    ...signingIn,
    path: '/api/auth/login',
    format: 'canonical',
    body: 'either',
    formPage: /^\/sign-in\?error=/,
  },
  {
    ...signingIn,
    path: '/api/auth/register',
    format: 'canonical',
    body: 'either',
    formPage: /^\/sign-up\?error=/,
  },
  {
    path: '/api/auth/refresh',
    method: 'POST',
    format: 'canonical',
    refresh: ['cookie refresh_token'],
  },
  {
    path: '/api/auth/logout',
    method: 'POST',
    format: 'canonical',
    body: 'either',
    hearsAll: true,
    harmless: [204],
    formPage: /^\/sign-in\?reason=signed_out$/,
  },
  {
    path: '/api/auth/session',
    method: 'GET',
    format: 'canonical',
    access: ACCESS,
    bearsLive: true,
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

/** Names of the tokens that a request may carry in this place without changing anything. */
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
