import type { Exchange } from '../clients/exchange'
import { OAUTH_CLIENT, OTHER_ORIGIN } from '../server/server'

export const CRON_SECRET = 'the-secret-of-the-cron-with-32-characters'

/** Every path that the contracts server has, and one beside each folder. */
export const PATHS = [
  '/login',
  '/refresh',
  '/refresh_token',
  '/protected',
  '/oauth/token',
  '/oauth/introspect',
  '/oauth/revoke',
  '/oauth/nothing',
  '/.well-known/oauth-authorization-server',
  '/.well-known/jwks.json',
  '/.well-known/nothing',
  '/api/auth/login',
  '/api/auth/logout',
  '/api/auth/refresh',
  '/api/auth/register',
  '/api/auth/nothing',
  '/api/refresh/refreshtoken',
  '/api/refresh/nothing',
  '/api/cron/prune',
  '/api/cron/nothing',
  '/api/health',
  '/api/health/ready',
  '/api/metrics',
]
export const METHODS = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  ...['TRACE', 'PROPFIND', 'M-SEARCH'],
]
const JSON_TYPE = 'Content-Type: application/json'
const FORM_TYPE = 'Content-Type: application/x-www-form-urlencoded'
const BASIC = `Authorization: Basic ${btoa(`${OAUTH_CLIENT.id}:${OAUTH_CLIENT.secret}`)}`

/** What each path and method is asked with, besides nothing at all. */
export const INPUTS: readonly [what: string, input: Omit<Exchange, 'line'>][] = [
  ['nothing', {}],
  ['an empty object', { headers: [JSON_TYPE], body: '{}' }],
  ['broken JSON', { headers: [JSON_TYPE], body: '{"username":' }],
  ['a list', { headers: [JSON_TYPE], body: '[1,2]' }],
  ['a form', { headers: [FORM_TYPE], body: 'username=x&password=y&grant_type=refresh_token' }],
  ['a field twice', { headers: [FORM_TYPE], body: 'token=a&token=b' }],
  ['a body that is not UTF-8', { headers: [JSON_TYPE], body: '"\ud800"' }],
  ['another type', { headers: ['Content-Type: text/xml'], body: '<a/>' }],
  ['wrong credentials', { headers: [JSON_TYPE], body: '{"username":"eve","password":"wrong"}' }],
  ['a token that is none', { headers: ['Authorization: Bearer none'] }],
  [
    'cookies that are none',
    { headers: ['Cookie: refresh_token=none; access_token=none; RefreshToken=none'] },
  ],
  [
    'a known client',
    { headers: [BASIC, FORM_TYPE], body: 'token=none&grant_type=refresh_token&refresh_token=none' },
  ],
  ['an unknown client', { headers: ['Authorization: Basic eDp5', FORM_TYPE], body: 'token=none' }],
  [
    'the page of another site',
    { headers: ['Origin: https://evil.example', 'Sec-Fetch-Site: cross-site'] },
  ],
  [
    'a form of another site',
    {
      headers: [
        'Origin: https://evil.example',
        'Sec-Fetch-Mode: navigate',
        'Accept: text/html',
        FORM_TYPE,
      ],
      body: 'username=x',
    },
  ],
  ['an allowed origin', { headers: [`Origin: ${OTHER_ORIGIN}`, JSON_TYPE], body: '{}' }],
  [
    'a preflight',
    {
      headers: [
        `Origin: ${OTHER_ORIGIN}`,
        'Access-Control-Request-Method: POST',
        'Access-Control-Request-Headers: content-type',
      ],
    },
  ],
  ['a body of 17 KiB', { headers: [JSON_TYPE], body: JSON.stringify('x'.repeat(17_000)) }],
  ['a body of 65 KiB', { headers: [JSON_TYPE], body: JSON.stringify('x'.repeat(66_000)) }],
  [
    'an announced body that is too large',
    { headers: [JSON_TYPE, 'Expect: 100-continue', 'Content-Length: 70000'] },
  ],
  [
    'a body in chunks',
    { headers: [JSON_TYPE, 'Transfer-Encoding: chunked'], after: '2\r\n{}\r\n0\r\n\r\n' },
  ],
  [
    'headers of a proxy',
    {
      headers: [
        'X-Forwarded-For: 203.0.113.9',
        'X-Forwarded-Host: evil.example',
        'X-Forwarded-Proto: https',
        'Forwarded: for=1',
      ],
    },
  ],
  ['two Authorization headers', { headers: ['Authorization: Bearer a', BASIC] }],
  ['a host that is no name', { headers: ['Host: a b@['] }],
  ['an empty host', { headers: ['Host:'] }],
  ['another host', { headers: ['Host: evil.example'] }],
  [
    'an upgrade',
    {
      headers: [
        'Connection: upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ],
    },
  ],
  ['an id', { headers: ['X-Request-Id: an-id-of-12-letters'] }],
  ['the operators’ tokens', { headers: [`Authorization: Bearer ${CRON_SECRET}`] }],
  [
    'a range and a validator',
    { headers: ['Range: bytes=0-3', 'If-None-Match: "x"', 'Accept-Encoding: gzip'] },
  ],
]

/** The tokens of a session of its own. */
export interface Tokens {
  readonly access: string
  readonly refresh: string
}

/** What is asked with a live session. Requests are sent one after another, because some of them end it. */
export const LIVE_INPUTS: readonly [
  what: string,
  input: (tokens: Tokens) => Omit<Exchange, 'line'>,
][] = [
  ['a live access token', ({ access }) => ({ headers: [`Authorization: Bearer ${access}`] })],
  ['a live refresh token', ({ refresh }) => ({ headers: [`Authorization: Bearer ${refresh}`] })],
  [
    'live cookies',
    ({ access, refresh }) => ({
      headers: [
        `Cookie: access_token=${access}; refresh_token=${refresh}; RefreshToken=${refresh}`,
      ],
    }),
  ],
  [
    'a live refresh token in JSON',
    ({ refresh }) => ({ headers: [JSON_TYPE], body: JSON.stringify({ refresh_token: refresh }) }),
  ],
  [
    'a live refresh token in a form',
    ({ refresh }) => ({
      headers: [BASIC, FORM_TYPE],
      body: `grant_type=refresh_token&refresh_token=${refresh}&token=${refresh}`,
    }),
  ],
]
