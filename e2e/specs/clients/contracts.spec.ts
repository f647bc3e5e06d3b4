import { claimsOf } from '@/e2e/support/clients/jar'
import {
  ask,
  CLIENT_BASIC,
  cookieIn,
  REFRESHERS,
  signInCanonically,
  signInKeeping,
  type Tokens,
  type WireRequest,
  type WireResponse,
} from '@/e2e/support/clients/wire'
import { expect, test } from '@/e2e/support/fixtures'
import { expireSessions } from '@/e2e/support/server/database'
import {
  type AppServer,
  OAUTH_CLIENT,
  OTHER_ORIGIN,
  PUBLIC_CLIENT,
  type User,
} from '@/e2e/support/server/server'

const INVALID = 'Refresh token expired or invalid'
const LONG_MS = 600_000
const JWT = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{43}$/)
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

interface Row {
  readonly title: string
  readonly path: string
  /** The request that a caller with these tokens sends. */
  readonly sends: WireRequest | ((tokens: Tokens, user: User) => WireRequest)
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Names of the cookies that the response sets, in order. */
  readonly sets?: readonly string[]
  /** What happened to the session, or the user, before the request. */
  readonly after?: (server: AppServer, user: User, tokens: Tokens) => unknown
  readonly signIn?: typeof signInCanonically
}

const signOut = (server: AppServer, _: User, { access }: Tokens) =>
  ask(server, '/api/auth/logout', { method: 'POST', bearer: access })
const removeAccount = (server: AppServer, user: User, { access: bearer }: Tokens) =>
  ask(server, '/api/account', {
    method: 'DELETE',
    bearer,
    json: { currentPassword: user.password },
  })
const expire = (server: AppServer, user: User) => expireSessions(server, user.name)
const age = (server: AppServer, user: User) => server.kit.passTime(LONG_MS, { user })
const rotateElsewhere = async (server: AppServer, user: User, { refresh }: Tokens) => {
  await age(server, user)
  await REFRESHERS['cookie-json']?.refresh(server, refresh)
  await age(server, user)
}
const canonical = (code: string, status: number, message: unknown = expect.any(String)) => ({
  error: { code, message, status },
})
const over = (reason: string) => ({
  error: { code: 'INVALID_REFRESH_TOKEN', message: INVALID, status: 401, reason },
})

const COOKIE_JSON: Row[] = [
  {
    title: 'a young token: an access token',
    path: '/api/auth/refresh',
    sends: ({ refresh }) => ({ method: 'POST', cookies: { refresh_token: refresh } }),
    status: 200,
    body: { token: JWT, expiresIn: 900 },
    sets: ['access_token'],
  },
  {
    title: 'an older token: both',
    path: '/api/auth/refresh',
    after: age,
    sends: ({ refresh }) => ({ method: 'POST', cookies: { refresh_token: refresh } }),
    status: 200,
    body: { token: JWT, expiresIn: 900 },
    sets: ['access_token', 'refresh_token'],
  },
  {
    title: 'a body is neither needed nor read',
    path: '/api/auth/refresh',
    sends: ({ refresh }) => ({ raw: '{nonsense', cookies: { refresh_token: refresh } }),
    status: 200,
    body: { token: JWT, expiresIn: 900 },
    sets: ['access_token'],
  },
  {
    title: 'no cookie',
    path: '/api/auth/refresh',
    sends: { method: 'POST' },
    status: 400,
    body: canonical('MISSING_REFRESH_TOKEN', 400),
  },
  {
    title: 'a token that is not ours',
    path: '/api/auth/refresh',
    sends: { method: 'POST', cookies: { refresh_token: 'nonsense' } },
    status: 401,
    body: over('unknown'),
  },
  ...(
    [
      ['signed_out', signOut],
      ['expired', expire],
      ['unknown', removeAccount],
    ] as const
  ).map(
    ([reason, after]): Row => ({
      title: `a session that is over: ${reason}`,
      path: '/api/auth/refresh',
      after,
      sends: ({ refresh }) => ({ method: 'POST', cookies: { refresh_token: refresh } }),
      status: 401,
      body: over(reason),
    }),
  ),
  {
    title: 'a replaced token from a jar',
    path: '/api/auth/refresh',
    after: rotateElsewhere,
    sends: ({ refresh }) => ({
      method: 'POST',
      cookies: { refresh_token: refresh },
      headers: { 'x-refresh-mode': 'jar' },
    }),
    status: 409,
    body: canonical('STALE_REFRESH_TOKEN', 409),
    sets: ['refresh_challenge'],
  },
  {
    title: 'a sign-in',
    path: '/api/auth/login',
    sends: (_, { name, password }) => ({ json: { username: name, password } }),
    status: 200,
    body: {
      token: JWT,
      expiresIn: 900,
      user: { id: expect.any(String), name: expect.any(String) },
    },
    sets: ['access_token', 'refresh_token', 'known_device'],
  },
  {
    title: 'a sign-in with a wrong password',
    path: '/api/auth/login',
    sends: (_, { name }) => ({ json: { username: name, password: 'wrong' } }),
    status: 401,
    body: canonical('INVALID_CREDENTIALS', 401),
  },
  {
    title: 'a sign-in by a form',
    path: '/api/auth/login',
    sends: (_, { name, password }) => ({ form: { username: name, password } }),
    status: 303,
    body: null,
    headers: { location: '/dashboard' },
    sets: ['access_token', 'refresh_token', 'known_device'],
  },
  {
    title: 'a sign-out',
    path: '/api/auth/logout',
    sends: ({ refresh }) => ({ method: 'POST', cookies: { refresh_token: refresh } }),
    status: 204,
    body: null,
    sets: ['access_token', 'refresh_token', 'refresh_challenge'],
  },
]

const BEARER = { 'www-authenticate': 'Bearer' }
const BEARER_OR_BODY: Row[] = [
  {
    title: 'a sign-in',
    path: '/login',
    sends: (_, { name, password }) => ({ json: { username: name, password } }),
    status: 200,
    body: { access_token: JWT, refresh_token: JWT },
    sets: ['RefreshToken'],
  },
  {
    title: 'a sign-in with a wrong password',
    path: '/login',
    sends: (_, { name }) => ({ json: { username: name, password: 'wrong' } }),
    status: 401,
    body: { detail: 'Bad username/password' },
  },
  {
    title: 'a sign-in without a password',
    path: '/login',
    sends: (_, { name }) => ({ json: { username: name } }),
    status: 400,
    body: { detail: 'password: must be a text' },
  },
  {
    title: 'a browser that looks for the page',
    path: '/login',
    sends: { headers: { accept: 'text/html' } },
    status: 303,
    body: null,
    headers: { location: '/sign-in' },
  },
  {
    title: 'the token as Bearer',
    path: '/refresh',
    sends: ({ refresh }) => ({ method: 'POST', bearer: refresh }),
    status: 200,
    body: { access_token: JWT },
  },
  {
    title: 'the token in the body',
    path: '/refresh',
    sends: ({ refresh }) => ({ json: { refresh_token: refresh } }),
    status: 200,
    body: { access_token: JWT },
  },
  {
    title: 'the token in the body where the header has none that is valid',
    path: '/refresh',
    sends: ({ refresh }) => ({ bearer: 'nonsense', json: { refresh_token: refresh } }),
    status: 200,
    body: { access_token: JWT },
  },
  {
    title: 'no token',
    path: '/refresh',
    sends: { method: 'POST' },
    status: 401,
    body: { detail: expect.any(String) },
    headers: BEARER,
  },
  {
    title: 'a bad token in the header, and none in the body',
    path: '/refresh',
    sends: { bearer: 'nonsense', json: {} },
    status: 401,
    body: { detail: INVALID },
    headers: BEARER,
  },
  {
    title: 'an access token for a refresh token',
    path: '/refresh',
    sends: ({ access }) => ({ method: 'POST', bearer: access }),
    status: 401,
    body: { detail: INVALID },
  },
  {
    title: 'an array where a text belongs',
    path: '/refresh',
    sends: ({ refresh }) => ({ json: { refresh_token: [refresh] } }),
    status: 400,
    body: { detail: 'refresh_token: must be a text' },
  },
  {
    title: 'a protected resource, by its token as Bearer',
    path: '/protected',
    sends: ({ access }) => ({ bearer: access }),
    status: 200,
    body: 'You have access to this protected resource',
  },
  {
    title: 'a protected resource, by its token in the cookie',
    path: '/protected',
    sends: ({ access }) => ({ cookies: { access_token: access } }),
    status: 200,
    body: 'You have access to this protected resource',
  },
  {
    title: 'a protected resource without a token',
    path: '/protected',
    sends: {},
    status: 401,
    body: { detail: expect.any(String) },
    headers: BEARER,
  },
  {
    title: 'a protected resource, by a refresh token',
    path: '/protected',
    sends: ({ refresh }) => ({ bearer: refresh }),
    status: 401,
    body: { detail: expect.any(String) },
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  },
  {
    title: 'a protected resource after sign-out',
    path: '/protected',
    after: signOut,
    sends: ({ access }) => ({ bearer: access }),
    status: 401,
    body: { detail: 'This session has ended' },
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  },
]

const COOKIE_GET: Row[] = [
  ...['RefreshToken', 'refreshToken'].map(
    (name): Row => ({
      title: `the token in ${name}`,
      path: '/api/refresh/refreshtoken',
      sends: ({ refresh }) => ({ cookies: { [name]: refresh } }),
      status: 200,
      body: { accessToken: JWT },
      sets: ['RefreshToken'],
    }),
  ),
  {
    title: 'both cookies: ours wins',
    path: '/api/refresh/refreshtoken',
    sends: ({ refresh }) => ({ cookies: { refreshToken: 'nonsense', RefreshToken: refresh } }),
    status: 200,
    body: { accessToken: JWT },
    sets: ['RefreshToken'],
  },
  {
    title: 'both cookies, ours bad: ours still wins',
    path: '/api/refresh/refreshtoken',
    sends: ({ refresh }) => ({ cookies: { refreshToken: refresh, RefreshToken: 'nonsense' } }),
    status: 400,
    body: { message: INVALID },
  },
  {
    title: 'no cookie',
    path: '/api/refresh/refreshtoken',
    sends: {},
    status: 400,
    body: { message: 'RefresToken NOt Received' },
  },
  ...(
    [
      ['signed out', signOut],
      ['expired', expire],
      ['rotated elsewhere', rotateElsewhere],
    ] as const
  ).map(
    ([what, after]): Row => ({
      title: `a session that was ${what}`,
      path: '/api/refresh/refreshtoken',
      after,
      signIn: signInCanonically,
      sends: ({ refresh }) => ({ cookies: { RefreshToken: refresh } }),
      status: 400,
      body: { message: INVALID },
    }),
  ),
  {
    title: 'a user who is gone, with the session',
    path: '/api/refresh/refreshtoken',
    after: removeAccount,
    sends: ({ refresh }) => ({ cookies: { RefreshToken: refresh } }),
    status: 404,
    body: { message: 'User not found' },
  },
  ...['cross-site', 'same-site'].map(
    (site): Row => ({
      title: `sent by another site (${site})`,
      path: '/api/refresh/refreshtoken',
      sends: ({ refresh }) => ({
        cookies: { RefreshToken: refresh },
        headers: { 'sec-fetch-site': site },
      }),
      status: 403,
      body: { message: expect.any(String) },
    }),
  ),
]

const BEARER_POST: Row[] = [
  {
    title: 'the token as Bearer',
    path: '/refresh_token',
    sends: ({ refresh }) => ({ method: 'POST', bearer: refresh }),
    status: 200,
    body: { access_token: JWT, expires_in: 900 },
  },
  {
    title: 'no header',
    path: '/refresh_token',
    sends: { method: 'POST' },
    status: 401,
    body: { error: 'missing_token' },
    headers: BEARER,
  },
  {
    title: 'a header of another scheme',
    path: '/refresh_token',
    sends: ({ refresh }) => ({ method: 'POST', headers: { authorization: `Basic ${refresh}` } }),
    status: 401,
    body: { error: 'missing_token' },
  },
  {
    title: 'a token that is not ours',
    path: '/refresh_token',
    sends: { method: 'POST', bearer: 'nonsense' },
    status: 401,
    body: { error: 'invalid_refresh_token' },
    headers: BEARER,
  },
  {
    title: 'a session that has expired',
    path: '/refresh_token',
    after: expire,
    sends: ({ refresh }) => ({ method: 'POST', bearer: refresh }),
    status: 401,
    body: { error: 'invalid_refresh_token' },
  },
]

const NEVER = { 'cache-control': 'no-store', pragma: 'no-cache' }
const oauthError = (error: string) => ({ error, error_description: expect.any(String) })
const BASIC = { 'www-authenticate': 'Basic realm="oauth", charset="UTF-8"' }
const grant = (refresh: string) => ({ grant_type: 'refresh_token', refresh_token: refresh })
const OAUTH: Row[] = [
  {
    title: 'a young token: an access token',
    path: '/oauth/token',
    sends: ({ refresh }) => ({ form: grant(refresh) }),
    status: 200,
    body: { access_token: JWT, token_type: 'Bearer', expires_in: 900 },
    headers: NEVER,
  },
  {
    title: 'an older token: both',
    path: '/oauth/token',
    after: age,
    signIn: signInCanonically,
    sends: ({ refresh }) => ({ form: { ...grant(refresh), client_id: PUBLIC_CLIENT } }),
    status: 200,
    body: { access_token: JWT, token_type: 'Bearer', expires_in: 900, refresh_token: JWT },
    headers: NEVER,
  },
  {
    title: 'a confidential client, by Basic',
    path: '/oauth/token',
    sends: ({ refresh }) => ({ form: grant(refresh), headers: CLIENT_BASIC }),
    status: 200,
    body: { access_token: JWT, token_type: 'Bearer', expires_in: 900 },
  },
  {
    title: 'a confidential client, in the body',
    path: '/oauth/token',
    sends: ({ refresh }) => ({
      form: {
        ...grant(refresh),
        client_id: OAUTH_CLIENT.id,
        client_secret: OAUTH_CLIENT.secret,
      },
    }),
    status: 200,
    body: { access_token: JWT, token_type: 'Bearer', expires_in: 900 },
  },
  {
    title: 'a confidential client without its secret',
    path: '/oauth/token',
    sends: ({ refresh }) => ({ form: { ...grant(refresh), client_id: OAUTH_CLIENT.id } }),
    status: 401,
    body: oauthError('invalid_client'),
    headers: { ...NEVER, ...BASIC },
  },
  {
    title: 'wrong Basic credentials',
    path: '/oauth/token',
    sends: ({ refresh }) => ({
      form: grant(refresh),
      headers: { authorization: `Basic ${btoa(`${OAUTH_CLIENT.id}:wrong`)}` },
    }),
    status: 401,
    body: oauthError('invalid_client'),
    headers: BASIC,
  },
  {
    title: 'a token that is not ours',
    path: '/oauth/token',
    sends: { form: grant('nonsense') },
    status: 400,
    body: oauthError('invalid_grant'),
    headers: NEVER,
  },
  {
    title: 'no token',
    path: '/oauth/token',
    sends: { form: { grant_type: 'refresh_token' } },
    status: 400,
    body: oauthError('invalid_request'),
  },
  {
    title: 'no grant type',
    path: '/oauth/token',
    sends: ({ refresh }) => ({ form: { refresh_token: refresh } }),
    status: 400,
    body: oauthError('invalid_request'),
  },
  {
    title: 'another grant type',
    path: '/oauth/token',
    sends: { form: { grant_type: 'password', username: 'x', password: 'y' } },
    status: 400,
    body: oauthError('unsupported_grant_type'),
  },
  {
    title: 'a scope that nobody granted',
    path: '/oauth/token',
    sends: ({ refresh }) => ({ form: { ...grant(refresh), scope: 'admin' } }),
    status: 400,
    body: oauthError('invalid_scope'),
  },
  {
    title: 'a parameter that comes twice',
    path: '/oauth/token',
    sends: ({ refresh }) => ({
      raw: `grant_type=refresh_token&refresh_token=${refresh}&refresh_token=${refresh}`,
      headers: FORM,
    }),
    status: 400,
    body: oauthError('invalid_request'),
  },
  {
    title: 'JSON',
    path: '/oauth/token',
    sends: ({ refresh }) => ({ json: grant(refresh) }),
    status: 415,
    body: oauthError('invalid_request'),
  },
  {
    title: 'revocation of a refresh token',
    path: '/oauth/revoke',
    sends: ({ refresh }) => ({ form: { token: refresh, token_type_hint: 'refresh_token' } }),
    status: 200,
    body: null,
    headers: NEVER,
  },
  {
    title: 'revocation of nonsense',
    path: '/oauth/revoke',
    sends: { form: { token: 'nonsense' } },
    status: 200,
    body: null,
  },
  {
    title: 'revocation of nothing',
    path: '/oauth/revoke',
    sends: { form: {} },
    status: 400,
    body: oauthError('invalid_request'),
  },
  {
    title: 'revocation with wrong Basic credentials',
    path: '/oauth/revoke',
    sends: ({ refresh }) => ({
      form: { token: refresh },
      headers: { authorization: `Basic ${btoa('nobody:wrong')}` },
    }),
    status: 401,
    body: oauthError('invalid_client'),
    headers: BASIC,
  },
  {
    title: 'introspection of an access token',
    path: '/oauth/introspect',
    sends: ({ access }) => ({ form: { token: access }, headers: CLIENT_BASIC }),
    status: 200,
    body: expect.objectContaining({ active: true, token_type: 'Bearer', client_id: 'rekindle' }),
    headers: NEVER,
  },
  {
    title: 'introspection of a refresh token',
    path: '/oauth/introspect',
    sends: ({ refresh }) => ({ form: { token: refresh }, headers: CLIENT_BASIC }),
    status: 200,
    body: expect.objectContaining({ active: true, sub: expect.any(String) }),
  },
  {
    title: 'introspection after sign-out: by the row, not by the signature',
    path: '/oauth/introspect',
    after: signOut,
    sends: ({ access }) => ({ form: { token: access }, headers: CLIENT_BASIC }),
    status: 200,
    body: { active: false },
  },
  {
    title: 'introspection by nobody',
    path: '/oauth/introspect',
    sends: ({ access }) => ({ form: { token: access } }),
    status: 401,
    body: oauthError('invalid_client'),
    headers: BASIC,
  },
  {
    title: 'introspection by a public client',
    path: '/oauth/introspect',
    sends: ({ access }) => ({ form: { token: access, client_id: PUBLIC_CLIENT } }),
    status: 401,
    body: oauthError('invalid_client'),
  },
]

const TABLES = {
  'cookie-json': COOKIE_JSON,
  'bearer-or-body': BEARER_OR_BODY,
  'cookie-get': COOKIE_GET,
  'bearer-post': BEARER_POST,
  oauth: OAUTH,
}

for (const [contract, rows] of Object.entries(TABLES)) {
  test(`Contract ${contract}: every row of it`, async ({ server }) => {
    for (const row of rows) {
      await test.step(row.title, async () => {
        const user = await server.register()
        const signIn =
          row.signIn ?? (contract === 'cookie-json' ? signInCanonically : signInKeeping)
        const tokens = await signIn(server, user)
        await row.after?.(server, user, tokens)
        const sent = typeof row.sends === 'function' ? row.sends(tokens, user) : row.sends
        const response = await ask(server, row.path, sent)
        expect(response.body).toEqual(row.body)
        expect(response.status).toBe(row.status)
        expect(response.setCookies.map((line) => line.split('=', 1)[0])).toEqual(row.sets ?? [])
        expect(Object.fromEntries(response.headers)).toMatchObject({
          'cache-control': expect.stringContaining('no-store'),
          ...row.headers,
        })
      })
    }
  })
}

test('Contract cookie-get: the cookie is set again as it came, and its access tokens say who and whether verified', async ({
  server,
  user,
}) => {
  const { refresh } = await signInKeeping(server, user)
  const response = await ask(server, '/api/refresh/refreshtoken', {
    cookies: { RefreshToken: refresh },
  })
  expect(cookieIn(response, 'RefreshToken')).toBe(refresh)
  const [line = ''] = response.setCookies
  const life = Number(/; Max-Age=(\d+);/.exec(line)?.[1])
  expect(line).toBe(`RefreshToken=${refresh}; Path=/; Max-Age=${life}; HttpOnly; SameSite=Lax`)
  expect(Math.abs(life - 30 * 86_400)).toBeLessThan(86_400)
  const claims = claimsOf((response.body as { accessToken: string }).accessToken)
  expect(claims).toMatchObject({ _id: claims.sub, verified: false, client_id: 'rekindle' })
})

/** Presents `refresh` to the token endpoint, with these further parameters and headers. */
const present = (server: AppServer, refresh: string, form = {}, headers = {}) =>
  ask(server, '/oauth/token', { form: { ...grant(refresh), ...form }, headers })
const clientIn = ({ body }: WireResponse) =>
  claimsOf((body as { access_token: string }).access_token).client_id

test('Contract oauth: the access token names the registered client that asked, and a name that nobody registered is refused', async ({
  server,
  user,
}) => {
  const signIn = async () => (await signInKeeping(server, user)).refresh
  expect(clientIn(await present(server, await signIn()))).toBe('rekindle')
  const named = await present(server, await signIn(), { client_id: PUBLIC_CLIENT })
  expect(clientIn(named)).toBe(PUBLIC_CLIENT)
  const proved = await present(server, await signIn(), {}, CLIENT_BASIC)
  expect(clientIn(proved)).toBe(OAUTH_CLIENT.id)
  for (const client_id of ['nobody', 'rekindle']) {
    const response = await present(server, await signIn(), { client_id })
    expect(response.status).toBe(401)
    expect(response.body).toEqual(oauthError('invalid_client'))
  }
})

test('Contract oauth: where no client is registered a name is accepted and ignored', async ({
  startServer,
}) => {
  const server = await startServer({ env: { OAUTH_CLIENTS: '' } })
  const user = await server.register()
  const { refresh } = await signInKeeping(server, user)
  for (const client_id of ['my-app', 'another']) {
    const response = await present(server, refresh, { client_id })
    expect(response.status).toBe(200)
    expect(clientIn(response)).toBe('rekindle')
  }
})

test('Contract oauth: a refresh token is the client’s that presented it first, and only that client revokes it', async ({
  server,
  user,
}) => {
  const { refresh } = await signInKeeping(server, user)
  const phone = { client_id: PUBLIC_CLIENT }
  expect((await present(server, refresh, phone)).status).toBe(200)
  await age(server, user)
  const rotated = await present(server, refresh, phone)
  const second = (rotated.body as { refresh_token: string }).refresh_token
  for (const [form, headers] of [
    [{}, CLIENT_BASIC],
    [{}, {}],
  ] as const) {
    const response = await present(server, second, form, headers)
    expect([response.status, response.body]).toEqual([400, oauthError('invalid_grant')])
    const revocation = await ask(server, '/oauth/revoke', {
      form: { ...form, token: second },
      headers,
    })
    expect([revocation.status, revocation.body]).toEqual([400, oauthError('invalid_grant')])
  }
  for (const [name, { refresh: present, refusal }] of Object.entries(REFRESHERS)) {
    const response = await present(server, second)
    expect({ name, status: response.status }).toEqual({ name, status: refusal.status })
  }
  expect((await present(server, second, phone)).status).toBe(200)
  const revoked = await ask(server, '/oauth/revoke', { form: { ...phone, token: second } })
  expect(revoked.status).toBe(200)
  expect(server.rows.session(user.name).revoked_reason).toBe('signed_out')
})

const PATHS: Readonly<Record<string, string>> = {
  '/api/auth/login': 'POST, OPTIONS',
  '/api/auth/register': 'POST, OPTIONS',
  '/api/auth/logout': 'POST, OPTIONS',
  '/api/auth/refresh': 'POST, OPTIONS',
  '/login': 'GET, HEAD, POST, OPTIONS',
  '/refresh': 'POST, OPTIONS',
  '/protected': 'GET, HEAD, OPTIONS',
  '/api/refresh/refreshtoken': 'GET, HEAD, OPTIONS',
  '/refresh_token': 'POST, OPTIONS',
  '/oauth/token': 'POST, OPTIONS',
  '/oauth/revoke': 'POST, OPTIONS',
  '/oauth/introspect': 'POST, OPTIONS',
  '/.well-known/oauth-authorization-server': 'GET, HEAD, OPTIONS',
}

test('Every contract answers HEAD, OPTIONS and wrong methods as HTTP has it', async ({
  server,
}) => {
  for (const [path, allow] of Object.entries(PATHS)) {
    await test.step(path, async () => {
      const options = await ask(server, path, { method: 'OPTIONS' })
      expect([options.status, options.headers.get('allow')]).toEqual([204, allow])
      expect(options.headers.has('access-control-allow-origin')).toBe(false)
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        const has = allow.split(', ').includes(method)
        const response = await ask(server, path, { method })
        expect([method, response.status === 405]).toEqual([method, !has])
        if (has) continue
        expect(response.headers.get('allow')).toBe(allow)
        if (method !== 'HEAD') expect(response.body).not.toBeNull()
      }
    })
  }
})

test('Another origin may call the contracts where the configuration names it, and no other may', async ({
  server,
  user,
}) => {
  const { refresh, access } = await signInKeeping(server, user)
  const preflight = (origin: string, path: string) =>
    ask(server, path, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
  const named = await preflight(OTHER_ORIGIN, '/refresh')
  expect(named.status).toBe(204)
  expect(Object.fromEntries(named.headers)).toMatchObject({
    'access-control-allow-origin': OTHER_ORIGIN,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'POST, OPTIONS',
    'access-control-allow-headers': expect.stringMatching(/authorization.*content-type/i),
    vary: expect.stringContaining('Origin'),
  })
  for (const [origin, path] of [
    ['https://evil.example', '/refresh'],
    ['null', '/refresh'],
    [OTHER_ORIGIN, '/api/me'],
  ] as const) {
    const response = await preflight(origin, path)
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
  }

  const headers = { origin: OTHER_ORIGIN, 'sec-fetch-site': 'cross-site' }
  const response = await ask(server, '/refresh', { json: { refresh_token: refresh }, headers })
  expect(response.status).toBe(200)
  expect(response.headers.get('access-control-allow-origin')).toBe(OTHER_ORIGIN)
  const refused = await ask(server, '/refresh', { json: {}, headers })
  expect(refused.status).toBe(401)
  expect(refused.headers.get('access-control-allow-origin')).toBe(OTHER_ORIGIN)
  const byGet = await ask(server, '/api/refresh/refreshtoken', {
    cookies: { RefreshToken: refresh },
    headers,
  })
  expect(byGet.status).toBe(200)

  const evil = { origin: 'https://evil.example' }
  for (const [path, sent] of [
    ['/refresh', { json: { refresh_token: refresh } }],
    ['/oauth/token', { form: grant(refresh) }],
    ['/refresh_token', { method: 'POST', bearer: refresh }],
    ['/api/refresh/refreshtoken', { cookies: { RefreshToken: refresh } }],
  ] as const) {
    const stranger = await ask(server, path, { ...sent, headers: evil })
    expect([path, stranger.status]).toEqual([path, 403])
    expect(stranger.headers.has('access-control-allow-origin')).toBe(false)
  }
  // CORS applies to the contract routes only.
  const account = await ask(server, '/api/sessions/end-others', {
    method: 'POST',
    bearer: access,
    headers,
  })
  expect(account.status).toBe(403)
})

test('A contract that is switched off is not there', async ({ startServer }) => {
  const server = await startServer({ env: { CONTRACTS: 'bearer-post' } })
  for (const path of Object.keys(PATHS)) {
    const isServed = path === '/refresh_token' || path.startsWith('/api/auth/')
    const response = await ask(server, path, { method: 'POST' })
    expect([path, response.status !== 404]).toEqual([path, isServed])
    if (!isServed) expect(response.body).toMatchObject({})
  }
  const user = await server.register()
  const { refresh } = await signInCanonically(server, user)
  expect((await REFRESHERS['bearer-post']?.refresh(server, refresh))?.status).toBe(200)
  expect((await REFRESHERS['cookie-json']?.refresh(server, refresh))?.status).toBe(200)
})
