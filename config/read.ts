import type { z } from 'zod'
import { CONTRACT_NAMES, type ContractName } from '@/contracts/contract'
import { algorithmOf } from '@/session/keys/key-pair'
import { parseDuration } from './duration'
import { type EdgeConfig, type Environment, parseList, readEdgeConfig } from './edge'
import { databaseSchema, isContract, keyPairSchema, parseOAuthClients, schema } from './schema'
import { isTestOrigin } from './test-origin'
import { type TracingConfig, tracingOf } from './tracing'

/** The whole configuration, parsed. Durations are in milliseconds. */
export interface Config extends EdgeConfig {
  readonly databaseUrl: string
  readonly database: {
    /** The most connections to PostgreSQL that a process opens. */
    readonly poolSize: number
    /** Whether PostgreSQL keeps prepared statements between uses. With `auto` it does unless a pooler is in between. */
    readonly statements: 'auto' | 'named' | 'unnamed'
    /** How long a request waits for the database. */
    readonly timeoutMs: number
  }
  /** How long a session may go unused (`REFRESH_TOKEN_TTL`). */
  readonly idleMs: number
  /** How long a session may last in all (`SESSION_TTL`). */
  readonly sessionMs: number
  readonly graceMs: number
  /** Whether anyone may sign up. */
  readonly registration: 'open' | 'closed'
  /** The contracts that the server offers. */
  readonly contracts: ReadonlySet<ContractName>
  /** Other origins whose pages may call the contract routes with credentials. */
  readonly corsOrigins: readonly string[]
  /** The secrets of registered OAuth clients by id, null for a public client. Clients with a secret may introspect. */
  readonly oauthClients: ReadonlyMap<string, string | null>
  /** The limit on failed sign-ins to an account from one address. All other limits on passwords are proportional to it. */
  readonly signInLimit: RateLimit
  /** The limit on failed sign-ins to an account from unknown devices, at any address. */
  readonly accountLimit: RateLimit
  /** The Bearer token that may prune the database by request (`/api/cron/prune`). Null disables that route. */
  readonly cronSecret: string | null
  /** True if a process lives on between requests and keeps its disk. False on Vercel. */
  readonly isLongLived: boolean
  /** How the server shuts down. Null if a platform or `next dev` handles that. */
  readonly shutdown: { readonly delayMs: number; readonly timeoutMs: number } | null
  /** The source of the client's address: the socket and a number of trusted proxies, or the platform's own header. */
  readonly clientAddress: { readonly trustedHops: number } | 'platform'
  /** The Bearer token that may read the metrics. Null disables them. */
  readonly metricsToken: string | null
  /** True if the server offers `/lab`, where any visitor may run scenes with users of their own. */
  readonly lab: boolean
  /** True if the test endpoint is served (`/api/testing/`). It signs in as anybody, so it is refused where strangers can connect. */
  readonly testing: boolean
  /** Null if traces are not exported. */
  readonly tracing: TracingConfig | null
}

/** At most `points` events in a window. */
export interface RateLimit {
  readonly points: number
  readonly windowSeconds: number
}

/** A variable is missing or has an invalid value. The server does not start. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Reads and checks the whole configuration.
 * @throws ConfigError that names every variable at fault and says what it must be. It never contains a value.
 */
export function readConfig(env: Environment = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const edge = readEdgeConfig(given)
  const values = parseWith(edge.accessKeys.algorithm === 'HS256' ? schema : keyPairSchema, given)
  const ms = (value: string) => parseDuration(value) ?? Number.NaN
  const config: Config = {
    ...edge,
    databaseUrl: values.DATABASE_URL,
    database: {
      poolSize: Number(values.DATABASE_POOL_SIZE),
      statements: values.DATABASE_STATEMENTS,
      timeoutMs: ms(values.DATABASE_TIMEOUT),
    },
    idleMs: ms(values.REFRESH_TOKEN_TTL),
    sessionMs: ms(values.SESSION_TTL),
    graceMs: ms(values.REFRESH_GRACE),
    registration: values.REGISTRATION ?? (isLocalhost(edge.appOrigin) ? 'open' : 'closed'),
    contracts: parseContracts(values.CONTRACTS),
    corsOrigins: parseList(values.CORS_ORIGINS),
    oauthClients: parseOAuthClients(values.OAUTH_CLIENTS),
    signInLimit: parseRateLimit(values.SIGN_IN_LIMIT),
    accountLimit: parseRateLimit(values.ACCOUNT_SIGN_IN_LIMIT),
    cronSecret: values.CRON_SECRET ?? null,
    isLongLived: !given.VERCEL,
    shutdown:
      given.VERCEL || given.NODE_ENV !== 'production'
        ? null
        : { delayMs: ms(values.SHUTDOWN_DELAY), timeoutMs: ms(values.SHUTDOWN_TIMEOUT) },
    clientAddress: given.VERCEL ? 'platform' : { trustedHops: Number(values.TRUSTED_PROXY_HOPS) },
    metricsToken: values.METRICS_TOKEN ?? null,
    lab: values.LAB === '1',
    testing: values.TESTING === '1',
    tracing: tracingOf(values),
  }
  checkTogether(config)
  return config
}

/**
 * Reads `DATABASE_URL` alone, for commands that need the database but no secrets.
 * @throws ConfigError if it is invalid.
 */
export function readDatabaseUrl(env: Environment = process.env): string {
  const given = { DATABASE_URL: env.DATABASE_URL || undefined }
  return parseWith(databaseSchema, given).DATABASE_URL
}

/** Passes an internal origin that was found at boot to middleware, through the environment. Keeps an origin that is configured. */
export function provideInternalOrigin(origin: string, env: NodeJS.ProcessEnv = process.env): void {
  env.INTERNAL_ORIGIN ||= origin
}

/** Passes to middleware, through the environment, the secret mark with which its log lines begin. */
export function provideLogMark(mark: string, env: NodeJS.ProcessEnv = process.env): void {
  env.REKINDLE_LOG_MARK = mark
}

/** True if the origin is this machine, where anyone may sign up because strangers cannot connect. */
export function isLocalhost(appOrigin: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(appOrigin).hostname)
}

/** The contracts of a list. The canonical contract is always included, because middleware uses it. */
function parseContracts(value: string): Set<ContractName> {
  const names = parseList(value)
  return new Set([
    'cookie-json',
    ...(names.includes('all') ? CONTRACT_NAMES : names.filter(isContract)),
  ])
}

function parseRateLimit(value: string): RateLimit {
  const [points, duration = ''] = value.split('/')
  return { points: Number(points), windowSeconds: (parseDuration(duration) ?? Number.NaN) / 1000 }
}

/** @throws ConfigError with the first error of each variable. */
function parseWith<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const errors = new Map<string, string>()
  for (const { path, message } of parsed.error.issues) {
    const name = path.join('.')
    if (!errors.has(name)) errors.set(name, `${name} ${message}`)
  }
  throw new ConfigError([...errors.values()].join('\n'))
}

/** @throws ConfigError for the first pair of values that cannot be combined. */
function checkTogether(config: Config): void {
  const { graceMs, accessTokenMs, leewayMs, idleMs, sessionMs } = config
  const must = (holds: boolean, message: string) => {
    if (!holds) throw new ConfigError(message)
  }
  must(
    !config.refreshTokenSecrets.some((secret) => config.accessKeys.secrets.includes(secret)),
    'REFRESH_TOKEN_SECRET must share no entry with ACCESS_TOKEN_SECRET',
  )
  const { algorithm, keyPairs } = config.accessKeys
  must(
    algorithm === 'HS256' || keyPairs.slice(0, 1).some((jwk) => algorithmOf(jwk) === algorithm),
    'ACCESS_TOKEN_KEYS must begin with a key for ACCESS_TOKEN_ALG: that key signs',
  )
  must(graceMs < accessTokenMs, 'REFRESH_GRACE must be shorter than ACCESS_TOKEN_TTL')
  must(leewayMs < accessTokenMs, 'REFRESH_LEEWAY must be shorter than ACCESS_TOKEN_TTL')
  must(accessTokenMs <= idleMs, 'REFRESH_TOKEN_TTL must not be shorter than ACCESS_TOKEN_TTL')
  must(idleMs <= sessionMs, 'SESSION_TTL must not be shorter than REFRESH_TOKEN_TTL')
  must(
    config.database.timeoutMs < config.refreshTimeoutMs,
    'DATABASE_TIMEOUT must be shorter than REFRESH_TIMEOUT',
  )
  const { shutdown } = config
  must(
    shutdown === null || shutdown.delayMs < shutdown.timeoutMs,
    'SHUTDOWN_DELAY must be shorter than SHUTDOWN_TIMEOUT',
  )
  must(
    config.isLongLived || !config.databaseUrl.startsWith('file:'),
    'DATABASE_URL must name a PostgreSQL database on Vercel: instances there share no disk, and keep none',
  )
  must(
    config.isLongLived || !config.lab,
    'LAB must not be 1 on Vercel: the faults of a scene live in one process, and requests there meet another',
  )
  must(
    config.isLongLived || !isLocalhost(config.appOrigin),
    'APP_ORIGIN must be the address of the app on Vercel',
  )
  must(
    !config.testing || (config.isLongLived && isTestOrigin(config.appOrigin)),
    'TESTING must not be set where strangers can connect: APP_ORIGIN must be on localhost or under .test, and not on Vercel',
  )
}
