import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CONTRACT_NAMES } from '@/contracts/contract'
import { generateJwk } from '@/session/keys/key-generation'
import { publicHalf } from '@/session/keys/key-pair'
import { type Environment, parseList, readEdgeConfig } from './edge'
import { ConfigError, isLocalhost, readConfig, readDatabaseUrl } from './read'

const ACCESS = 'an-access-secret-of-enough-characters-1'
const REFRESH = 'a-refresh-secret-of-enough-characters-2'
const secrets = { ACCESS_TOKEN_SECRET: ACCESS, REFRESH_TOKEN_SECRET: REFRESH }
const ed = await generateJwk('EdDSA')
const ec = await generateJwk('ES256')
const ED = JSON.stringify(ed)
const EC = JSON.stringify(ec)
const read = (env: Environment = {}) => readConfig({ ...secrets, ...env })

describe('the configuration', () => {
  it('needs only its secrets on localhost, and has the documented defaults', () => {
    expect(read()).toEqual({
      appOrigin: 'http://localhost:3000',
      internalOrigin: 'http://127.0.0.1:3000',
      protectionBypass: null,
      secure: false,
      sameSite: 'lax',
      accessKeys: { algorithm: 'HS256', keyPairs: [], secrets: [ACCESS] },
      refreshTokenSecrets: [REFRESH],
      issuer: 'http://localhost:3000',
      audience: 'http://localhost:3000',
      accessTokenMs: 900_000,
      leewayMs: 60_000,
      refreshTimeoutMs: 8000,
      trustsReceivedAt: true,
      databaseUrl: 'file:.data/rekindle.db',
      database: { poolSize: 10, statements: 'auto', timeoutMs: 2000 },
      idleMs: 14 * 86_400_000,
      sessionMs: 30 * 86_400_000,
      graceMs: 30_000,
      registration: 'open',
      contracts: new Set(CONTRACT_NAMES),
      corsOrigins: [],
      oauthClients: new Map(),
      signInLimit: { points: 10, windowSeconds: 60 },
      accountLimit: { points: 100, windowSeconds: 3600 },
      cronSecret: null,
      isLongLived: true,
      lab: false,
      shutdown: null,
      clientAddress: { trustedHops: 0 },
      metricsToken: null,
      testing: false,
      logLevel: 'info',
      logMark: '',
      tracing: null,
    })
  })

  it('treats an empty variable as unset', () => {
    const names = [...Object.keys(BAD), 'VERCEL', 'VERCEL_URL', 'VERCEL_AUTOMATION_BYPASS_SECRET']
    const empty = Object.fromEntries(names.map((name) => [name, '']))
    expect(readConfig({ ...empty, ...secrets })).toEqual(read())
  })

  it('reads every variable', () => {
    const config = read({
      PORT: '8080',
      APP_ORIGIN: 'https://app.example',
      INTERNAL_ORIGIN: 'http://10.0.0.1:8080',
      DATABASE_URL: 'postgres://db.example/rekindle',
      DATABASE_POOL_SIZE: '3',
      DATABASE_STATEMENTS: 'unnamed',
      ACCESS_TOKEN_ALG: 'ES256',
      ACCESS_TOKEN_KEYS: JSON.stringify({ keys: [{ ...ec, kid: 'mine' }, ed] }),
      ACCESS_TOKEN_SECRET: ` ${ACCESS} , ${ACCESS}2 ,`,
      TOKEN_ISSUER: 'issuer',
      TOKEN_AUDIENCE: 'audience',
      REGISTRATION: 'open',
      ACCESS_TOKEN_TTL: '15d',
      REFRESH_TOKEN_TTL: '30d',
      SESSION_TTL: '90d',
      REFRESH_GRACE: '10',
      REFRESH_LEEWAY: '0',
      COOKIE_SAMESITE: 'strict',
      TRUSTED_PROXY_HOPS: '2',
      SIGN_IN_LIMIT: '5/15m',
      ACCOUNT_SIGN_IN_LIMIT: '30/1d',
      CONTRACTS: 'oauth, cookie-get',
      CORS_ORIGINS: 'https://one.example, http://localhost:5173',
      OAUTH_CLIENTS: `api:${ACCESS}, phone, other:${REFRESH}:with-a-colon`,
      METRICS_TOKEN: ACCESS,
      TESTING: '0',
      LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.example:4318',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_SERVICE_NAME: 'login',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      OTEL_BSP_SCHEDULE_DELAY: '1000',
    })
    expect(config).toMatchObject({
      appOrigin: 'https://app.example',
      internalOrigin: 'http://10.0.0.1:8080',
      secure: true,
      sameSite: 'strict',
      databaseUrl: 'postgres://db.example/rekindle',
      database: { poolSize: 3, statements: 'unnamed' },
      accessKeys: { algorithm: 'ES256', keyPairs: [ec, ed], secrets: [ACCESS, `${ACCESS}2`] },
      issuer: 'issuer',
      audience: 'audience',
      registration: 'open',
      accessTokenMs: 15 * 86_400_000,
      idleMs: 30 * 86_400_000,
      sessionMs: 90 * 86_400_000,
      graceMs: 10_000,
      leewayMs: 0,
      clientAddress: { trustedHops: 2 },
      signInLimit: { points: 5, windowSeconds: 900 },
      accountLimit: { points: 30, windowSeconds: 86_400 },
      contracts: new Set(['cookie-json', 'oauth', 'cookie-get']),
      corsOrigins: ['https://one.example', 'http://localhost:5173'],
      oauthClients: new Map([
        ['api', ACCESS],
        ['phone', null],
        ['other', `${REFRESH}:with-a-colon`],
      ]),
      metricsToken: ACCESS,
      logLevel: 'debug',
      tracing: { protocol: 'http/json', serviceName: 'login', ratio: 0.25, delayMs: 1000 },
    })
  })

  it.each<[string, Environment, object]>([
    ['one key', { ACCESS_TOKEN_ALG: 'EdDSA', ACCESS_TOKEN_KEYS: ED }, { keyPairs: [ed] }],
    [
      'a list',
      { ACCESS_TOKEN_ALG: 'ES256', ACCESS_TOKEN_KEYS: `[${EC},${ED}]` },
      { keyPairs: [ec, ed] },
    ],
    ['beside secrets', { ACCESS_TOKEN_KEYS: `[${EC}]` }, { algorithm: 'HS256', keyPairs: [ec] }],
  ])('accepts key pairs for access tokens: %s', (_, env, expected) => {
    expect(read(env).accessKeys).toMatchObject({ secrets: [ACCESS], ...expected })
  })

  it('needs no access secret if key pairs sign', () => {
    const env = { ACCESS_TOKEN_ALG: 'EdDSA', ACCESS_TOKEN_KEYS: ED, REFRESH_TOKEN_SECRET: REFRESH }
    const accessKeys = { algorithm: 'EdDSA', keyPairs: [ed], secrets: [] }
    expect(readConfig(env)).toMatchObject({ accessKeys })
    expect(readConfig({ ...env, ACCESS_TOKEN_SECRET: '' })).toMatchObject({ accessKeys })
  })

  it('follows PORT, and issues in the name of APP_ORIGIN', () => {
    expect(read({ PORT: '4000' })).toMatchObject({
      appOrigin: 'http://localhost:4000',
      internalOrigin: 'http://127.0.0.1:4000',
    })
    const origin = 'https://app.example'
    expect(read({ APP_ORIGIN: origin })).toMatchObject({ issuer: origin, audience: origin })
  })

  it('F19 calls its own deployment on Vercel, and trusts the client address of the platform', () => {
    expect(read({ ...VERCEL, VERCEL_AUTOMATION_BYPASS_SECRET: 'opens' })).toMatchObject({
      appOrigin: 'https://app.example',
      internalOrigin: 'https://rekindle-abc.vercel.app',
      protectionBypass: 'opens',
      clientAddress: 'platform',
    })
    expect(read({ ...VERCEL, INTERNAL_ORIGIN: 'https://x.example' })).toMatchObject({
      internalOrigin: 'https://x.example',
    })
    const elsewhere = { VERCEL_URL: 'evil.example', VERCEL_AUTOMATION_BYPASS_SECRET: 'opens' }
    expect(read(elsewhere)).toMatchObject({
      internalOrigin: 'http://127.0.0.1:3000',
      protectionBypass: null,
    })
  })

  it('F19 calls the public address of a Vercel production deployment if its own is protected', () => {
    expect(read(VERCEL).internalOrigin).toBe('https://app.example')
    expect(read({ ...VERCEL, VERCEL_ENV: 'preview' }).internalOrigin).toBe(
      'https://rekindle-abc.vercel.app',
    )
  })

  it.each([
    ['production', 'https://rekindle.example'],
    ['preview', 'https://rekindle-git-x.vercel.app'],
  ])('finds the address of a Vercel deployment for %s: %s', (environment, origin) => {
    const urls = {
      VERCEL_ENV: environment,
      VERCEL_PROJECT_PRODUCTION_URL: 'rekindle.example',
      VERCEL_BRANCH_URL: 'rekindle-git-x.vercel.app',
    }
    expect(read({ ...VERCEL, APP_ORIGIN: '', ...urls }).appOrigin).toBe(origin)
  })

  it('tells where the database is without any secret', () => {
    expect(readDatabaseUrl({})).toBe('file:.data/rekindle.db')
    expect(readDatabaseUrl({ DATABASE_URL: '' })).toBe('file:.data/rekindle.db')
    expect(readDatabaseUrl({ DATABASE_URL: 'file:x.db', PORT: 'http' })).toBe('file:x.db')
    expect(() => readDatabaseUrl({ DATABASE_URL: 'mysql://db' })).toThrow(ConfigError)
  })

  it('shuts down gracefully in production, and leaves shutdown to the platform and to `next dev`', () => {
    const production = { NODE_ENV: 'production' }
    expect(read(production).shutdown).toEqual({ delayMs: 6000, timeoutMs: 25_000 })
    expect(read({ NODE_ENV: 'development' }).shutdown).toBeNull()
    expect(read({ ...VERCEL, ...production })).toMatchObject({ shutdown: null, isLongLived: false })
  })

  it.each([
    ['http://localhost:3000', 'open'],
    ['https://localhost', 'open'],
    ['http://127.0.0.1:8080', 'open'],
    ['http://[::1]:3000', 'open'],
    ['https://app.example', 'closed'],
    ['http://localhost.evil.example', 'closed'],
    ['http://127.0.0.1.evil.example', 'closed'],
    ['http://0.0.0.0:3000', 'closed'],
    ['http://192.168.0.2', 'closed'],
  ])('lets anyone sign up at %s only if it is localhost: %s', (origin, registration) => {
    expect(read({ APP_ORIGIN: origin }).registration).toBe(registration)
    expect(isLocalhost(origin)).toBe(registration === 'open')
    expect(read({ APP_ORIGIN: origin, REGISTRATION: 'open' }).registration).toBe('open')
    expect(read({ APP_ORIGIN: origin, REGISTRATION: 'closed' }).registration).toBe('closed')
  })

  it.each([
    ['10s', 1000],
    ['5m', 30_000],
    ['10m', 60_000],
    ['15d', 60_000],
  ])('renews an access token of %s %d ms before its expiry', (ttl, leewayMs) => {
    const env = { ACCESS_TOKEN_TTL: ttl, REFRESH_TOKEN_TTL: '30d', REFRESH_GRACE: '1s' }
    expect(read(env).leewayMs).toBe(leewayMs)
  })
})

const VERCEL = {
  VERCEL: '1',
  VERCEL_ENV: 'production',
  VERCEL_URL: 'rekindle-abc.vercel.app',
  APP_ORIGIN: 'https://app.example',
  DATABASE_URL: 'postgres://db.example/rekindle',
}

const BAD: Record<string, string[]> = {
  PORT: ['http', '-1', '65536', '3000.5', ' 3000', '999999'],
  APP_ORIGIN: [
    ...['my.example', 'https://my.example/', 'https://my.example/path', 'ftp://my.example'],
    ...['https://user:pass@my.example', 'HTTPS://MY.EXAMPLE', 'https://my.example:443', 'null'],
    ...['javascript:alert(1)', 'https://my.example?x', '//my.example'],
  ],
  INTERNAL_ORIGIN: ['127.0.0.1:3000', 'http://127.0.0.1:3000/', 'unix:/tmp/s'],
  DATABASE_POOL_SIZE: ['0', '-1', '1000', '1.5', 'ten'],
  DATABASE_STATEMENTS: ['yes', 'NAMED', 'prepared'],
  DATABASE_URL: ['mysql://db', 'rekindle.db', 'file:', 'postgres://', 'FILE:x'],
  ACCESS_TOKEN_ALG: ['RS256', 'none', 'hs256', 'eddsa', 'Ed25519', 'HS256,EdDSA'],
  ACCESS_TOKEN_KEYS: [
    ...['a text', 'null', '{}', '[]', '{"keys":[]}', '{"keys":{}}', `${ED},${EC}`, ED.slice(0, -1)],
    ...[`[${ED},null]`, `[${ED},${ED}]`, `{"keys":[${ED},${JSON.stringify({ ...ed, kid: 'x' })}]}`],
    ...[
      publicHalf(ed),
      { kty: 'oct', k: ed.d },
      { ...ec, crv: 'P-384' },
      { ...ec, alg: 'EdDSA' },
    ].map((jwk) => JSON.stringify(jwk)),
    JSON.stringify({ keys: [ed, { ...ec, d: ec.d.slice(1) }] }),
  ],
  ACCESS_TOKEN_SECRET: [
    ...['short', `${ACCESS},short`, ',', ' , ', 'x'.repeat(31)],
    ...['a'.repeat(32), `${ACCESS},${'r'.repeat(64)}`, 'abcdefghi'.repeat(5)],
  ],
  REFRESH_TOKEN_SECRET: ['short', `short,${REFRESH}`, ',', '012345678'.repeat(4)],
  TOKEN_ISSUER: ['x'.repeat(201)],
  TOKEN_AUDIENCE: ['x'.repeat(201)],
  REGISTRATION: ['yes', 'OPEN', 'true'],
  LAB: ['yes', 'true', '2'],
  ACCESS_TOKEN_TTL: ['0', '15 minutes', '-1', '1.5h', 'forever'],
  REFRESH_TOKEN_TTL: ['0s', '2w', '14days'],
  SESSION_TTL: ['0d', 'never'],
  REFRESH_GRACE: ['-1s', 'short', '30 s'],
  REFRESH_LEEWAY: ['-1', 'early'],
  COOKIE_SAMESITE: ['none', 'Lax', 'STRICT'],
  TRUSTED_PROXY_HOPS: ['-1', '10', 'all', '1.5', 'true'],
  CONTRACTS: ['everything', 'oauth,saml', 'OAUTH', 'all,none'],
  CORS_ORIGINS: ['*', 'null', 'a.example', 'https://a.example/', 'https://*.example'],
  OAUTH_CLIENTS: [
    ...[
      'id:',
      'id:short',
      'my id',
      'a,a',
      'rekindle',
      `rekindle:${ACCESS}`,
      `:${ACCESS}`,
      `my id:${ACCESS}`,
      `a:${ACCESS},a:${REFRESH}`,
    ],
    `${'i'.repeat(129)}:${ACCESS}`,
    `id:${'secret'.repeat(6)}`,
  ],
  DATABASE_TIMEOUT: ['0', 'soon'],
  REFRESH_TIMEOUT: ['0', 'soon'],
  CRON_SECRET: ['short', 'x'.repeat(31), 'x'.repeat(32), `two words ${ACCESS}`],
  SHUTDOWN_DELAY: ['-1', 'soon'],
  SHUTDOWN_TIMEOUT: ['0', 'never'],
  SIGN_IN_LIMIT: [
    '0/1m',
    '10',
    '10/',
    '/1m',
    '10/1w',
    '10/0',
    '5/0m',
    '-1/1m',
    '1e9/1m',
    '10/1m/1',
  ],
  ACCOUNT_SIGN_IN_LIMIT: ['0/1h', '100', '100/1h/1'],
  METRICS_TOKEN: [
    'short',
    'x'.repeat(31),
    'secret'.repeat(9),
    `${ACCESS} ${REFRESH}`,
    `${ACCESS}é`,
    'x'.repeat(513),
  ],
  TESTING: ['true', 'yes', '2', '01', ' 1'],
  LOG_LEVEL: ['verbose', 'INFO', '30', 'info,debug'],
  OTEL_SDK_DISABLED: ['yes', '1', 'off'],
  OTEL_TRACES_EXPORTER: ['zipkin', 'otlp,console'],
  OTEL_EXPORTER_OTLP_ENDPOINT: ['collector:4318', '//otel.example', 'grpc://collector', 'http://'],
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ['collector:4318', 'unix:/run/otel'],
  OTEL_EXPORTER_OTLP_PROTOCOL: ['grpc', 'http', 'HTTP/JSON'],
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: ['grpc', 'json'],
  OTEL_TRACES_SAMPLER: ['sometimes', 'jaeger_remote', 'xray'],
  OTEL_TRACES_SAMPLER_ARG: ['-1', '1.5', '10%', 'half', '.5'],
  OTEL_BSP_SCHEDULE_DELAY: ['-1', '5s', '1.5'],
}

describe('an invalid value', () => {
  const rows = Object.entries(BAD).flatMap(([name, values]) =>
    values.map((v) => [name, v] as const),
  )

  it.each(rows)('stops the start and names its variable, never itself: %s=%s', (name, value) => {
    const error = errorOf({ [name]: value })
    expect(error).toMatch(new RegExp(`^${name} (?:must|is required)`))
    expect(error).not.toContain('\n')
    const isScheme = /^\w+:(?:\/\/)?$/.test(value)
    if (value.trim().length > 4 && !isScheme) expect(error).not.toContain(value)
  })

  it('is never echoed, whatever it is', () => {
    const name = fc.constantFrom(...Object.keys(BAD))
    const value = fc.string({ unit: 'grapheme-ascii', minLength: 12, maxLength: 60 })
    fc.assert(
      fc.property(name, value, (variable, text) => {
        fc.pre(!/[,]/.test(text))
        const error = errorOf({ [variable]: text })
        if (error !== null) expect(error).not.toContain(text)
      }),
    )
  })

  it('never shows a part of a private key', () => {
    for (const value of BAD.ACCESS_TOKEN_KEYS ?? []) {
      const error = errorOf({ ACCESS_TOKEN_KEYS: value })
      for (const { x, d } of [ed, ec]) {
        expect(error).not.toContain(d.slice(1, 9))
        expect(error).not.toContain(x.slice(1, 9))
      }
    }
  })

  it('is reported together with every other', () => {
    const error = errorOf({ PORT: 'x', APP_ORIGIN: 'y', REFRESH_GRACE: 'z' }) ?? ''
    expect(error.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'PORT',
      'APP_ORIGIN',
      'REFRESH_GRACE',
    ])
  })

  it('is a missing secret', () => {
    for (const env of [{}, { ACCESS_TOKEN_SECRET: '', REFRESH_TOKEN_SECRET: '' }]) {
      const names = (thrownBy(env) ?? '').split('\n').map((line) => line.split(' ')[0])
      expect(names).toEqual(['ACCESS_TOKEN_SECRET', 'REFRESH_TOKEN_SECRET'])
    }
  })

  it.each(['EdDSA', 'ES256'])('is a missing key for %s, even if there is a secret', (algorithm) => {
    for (const keys of [undefined, '']) {
      const error = errorOf({ ACCESS_TOKEN_ALG: algorithm, ACCESS_TOKEN_KEYS: keys })
      expect(error).toMatch(/^ACCESS_TOKEN_KEYS is required/)
    }
  })
})

describe('values that cannot be combined', () => {
  it.each([
    ['REFRESH_GRACE', { REFRESH_GRACE: '15m' }],
    ['REFRESH_GRACE', { ACCESS_TOKEN_TTL: '20s' }],
    ['REFRESH_LEEWAY', { REFRESH_LEEWAY: '15m' }],
    ['REFRESH_TOKEN_TTL', { ACCESS_TOKEN_TTL: '15d' }],
    ['SESSION_TTL', { REFRESH_TOKEN_TTL: '31d' }],
    ['ACCESS_TOKEN_KEYS', { ACCESS_TOKEN_ALG: 'EdDSA', ACCESS_TOKEN_KEYS: EC }],
    ['ACCESS_TOKEN_KEYS', { ACCESS_TOKEN_ALG: 'ES256', ACCESS_TOKEN_KEYS: `[${ED},${EC}]` }],
    ['DATABASE_TIMEOUT', { DATABASE_TIMEOUT: '8s' }],
    ['SHUTDOWN_DELAY', { NODE_ENV: 'production', SHUTDOWN_DELAY: '25s' }],
    ['DATABASE_URL', { ...VERCEL, DATABASE_URL: 'file:x.db' }],
    ['DATABASE_URL', { ...VERCEL, DATABASE_URL: '' }],
    ['APP_ORIGIN', { ...VERCEL, APP_ORIGIN: '' }],
    ['LAB', { ...VERCEL, LAB: '1' }],
    ['REFRESH_TOKEN_SECRET', { REFRESH_TOKEN_SECRET: ACCESS }],
    ['REFRESH_TOKEN_SECRET', { REFRESH_TOKEN_SECRET: `${REFRESH},${ACCESS}` }],
  ])('stop the start and name %s: %o', (name, env) => {
    const error = errorOf(env) ?? ''
    expect(error).toMatch(new RegExp(`^${name} must`))
    expect(error).not.toContain(ACCESS)
  })

  it.each([
    [{ REFRESH_GRACE: '899s' }],
    [{ REFRESH_GRACE: '0' }],
    [{ ACCESS_TOKEN_TTL: '14d' }],
    [{ REFRESH_TOKEN_TTL: '30d' }],
    [{ ACCESS_TOKEN_TTL: '3s', REFRESH_GRACE: '1s' }],
  ])('may be combined at their limits: %o', (env) => {
    expect(errorOf(env)).toBeNull()
  })
})

describe('TESTING', () => {
  const testing = { TESTING: '1' }

  it.each([
    ...['http://localhost:3000', 'https://localhost', 'http://app.localhost:3000', 'http://[::1]'],
    ...['http://127.0.0.1:8080', 'http://127.1.2.3', 'http://app.test', 'https://a.b.test:8443'],
  ])('may be set at %s, which no stranger can reach by its name', (origin) => {
    expect(read({ ...testing, APP_ORIGIN: origin }).testing).toBe(true)
    expect(read({ TESTING: '0', APP_ORIGIN: origin }).testing).toBe(false)
    expect(read({ APP_ORIGIN: origin }).testing).toBe(false)
  })

  it.each([
    ...['https://app.example', 'http://app.example', 'https://test.example', 'https://apptest'],
    ...['http://localhost.evil.example', 'http://127.0.0.1.evil.example', 'http://xlocalhost'],
    ...['http://192.168.0.2', 'http://10.0.0.1:3000', 'http://0.0.0.0:3000', 'http://[::]'],
    ...[
      'http://[::ffff:808:808]',
      'https://app.test.example',
      'http://app.test.',
      'http://app.local',
    ],
  ])('stops the start at %s, whatever else is set', (origin) => {
    for (const env of [{}, { NODE_ENV: 'production' }, { NODE_ENV: 'test', CI: '1' }]) {
      const error = errorOf({ ...testing, APP_ORIGIN: origin, ...env })
      expect(error).toMatch(/^TESTING must not be set where strangers can connect/)
    }
    expect(errorOf({ TESTING: '0', APP_ORIGIN: origin })).toBeNull()
  })

  it('stops the start on Vercel, whatever the address of the app is', () => {
    for (const APP_ORIGIN of ['https://app.example', 'https://app.test']) {
      expect(errorOf({ ...VERCEL, ...testing, APP_ORIGIN })).toMatch(/^TESTING must/)
    }
    expect(errorOf({ ...VERCEL, ...testing, APP_ORIGIN: 'http://localhost:3000' })).not.toBeNull()
  })
})

describe('the configuration of middleware', () => {
  it('agrees with the whole configuration on each of its fields', () => {
    const maybe = <T>(value: T) => fc.constantFrom(undefined, '' as const, value)
    const env = fc.record({
      PORT: maybe('4000'),
      APP_ORIGIN: fc.constantFrom('https://app.example', 'https://b.example'),
      DATABASE_URL: fc.constant('postgres://db.example/x'),
      VERCEL_ENV: fc.constantFrom(undefined, 'preview', 'production'),
      VERCEL_AUTOMATION_BYPASS_SECRET: maybe('opens'),
      INTERNAL_ORIGIN: maybe('http://10.0.0.1'),
      VERCEL: maybe('1'),
      VERCEL_URL: maybe('x.vercel.app'),
      ACCESS_TOKEN_ALG: maybe('HS256'),
      ACCESS_TOKEN_KEYS: fc.constantFrom(undefined, '', ED, `[${EC},${ED}]`, `{"keys":[${EC}]}`),
      ACCESS_TOKEN_SECRET: fc.constantFrom(ACCESS, `${ACCESS}, ${ACCESS}b`),
      REFRESH_TOKEN_SECRET: fc.constantFrom(REFRESH, ` ${REFRESH} ,`),
      TOKEN_ISSUER: maybe('issuer'),
      TOKEN_AUDIENCE: maybe('audience'),
      ACCESS_TOKEN_TTL: fc.constantFrom(undefined, '', '60', '1h', '14d'),
      REFRESH_LEEWAY: fc.constantFrom(undefined, '', '0', '5s'),
      COOKIE_SAMESITE: fc.constantFrom(undefined, '', 'lax', 'strict'),
    })
    fc.assert(
      fc.property(env, (given) => {
        expect(readConfig(given)).toMatchObject(readEdgeConfig(given))
      }),
    )
  })

  it('splits a list at its commas', () => {
    expect(parseList(' a , b,,c ')).toEqual(['a', 'b', 'c'])
    expect(parseList(undefined)).toEqual([])
  })
})

function errorOf(env: Environment): string | null {
  return thrownBy({ ...secrets, ...env })
}

function thrownBy(env: Environment): string | null {
  try {
    readConfig(env)
    return null
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message
  }
}
