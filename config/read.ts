import { z } from 'zod'
import { CONTRACT_NAMES, type ContractName } from '@/contracts/contract'
import { algorithmOf } from '@/session/keys/key-pair'
import { SIGNING_ALGORITHMS } from '@/session/keys/signing-key'
import { OWN_CLIENT_ID } from '@/session/tokens/access-token'
import { privateKeys } from './access-token-keys'
import { parseDuration } from './duration'
import {
  ACCESS_TOKEN_TTL,
  type EdgeConfig,
  type Environment,
  LOG_LEVELS,
  parseList,
  REFRESH_TIMEOUT,
  readEdgeConfig,
} from './edge'
import { type TracingConfig, tracingOf, tracingVariables } from './tracing'

/** Everything that can be set from outside, parsed. Durations are in milliseconds. */
export interface Config extends EdgeConfig {
  readonly databaseUrl: string
  readonly database: {
    /** Connections to PostgreSQL that a process holds at most. */
    readonly poolSize: number
    /** Whether PostgreSQL is asked to keep statements between uses; `auto` where nobody else hands connections on. */
    readonly statements: 'auto' | 'named' | 'unnamed'
    /** How long whatever needs the database waits for it. */
    readonly timeoutMs: number
  }
  readonly idleMs: number
  readonly sessionMs: number
  readonly graceMs: number
  readonly registration: 'open' | 'closed'
  /** The contracts that are served. */
  readonly contracts: ReadonlySet<ContractName>
  /** Other origins whose pages may call contract routes, with credentials. */
  readonly corsOrigins: readonly string[]
  /** Registered OAuth clients: secrets by id, null for a public client. Those with a secret may introspect. */
  readonly oauthClients: ReadonlyMap<string, string | null>
  /** Failed sign-ins of an account from one address, and in proportion all other limits on passwords. */
  readonly signInLimit: RateLimit
  /** Failed sign-ins of an account from devices that it does not know, wherever they come from. */
  readonly accountLimit: RateLimit
  /** Who may have the database pruned by request (`/api/cron/prune`); null: nobody. */
  readonly cronSecret: string | null
  /** Whether a process lives on between requests, with a disk of its own. Not so on Vercel. */
  readonly isLongLived: boolean
  /** How a server ends; null where a platform or `next dev` sees to that. */
  readonly shutdown: { readonly delayMs: number; readonly timeoutMs: number } | null
  /** How the client's address is known: from the socket and so many proxies, or from the platform's own header. */
  readonly clientAddress: { readonly trustedHops: number } | 'platform'
  /** What a reader of the metrics proves itself with; null where nobody may. */
  readonly metricsToken: string | null
  readonly tracing: TracingConfig | null
}

export interface RateLimit {
  readonly points: number
  readonly windowSeconds: number
}

/** A variable with a value that cannot be meant. Stops the start. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Every token carries it, and none may become too long to be read. */
const party = z.string().max(200, { error: 'must be at most 200 characters long' }).optional()
/** A random text of 32 characters has more: 32 hexadecimal digits have fewer only once in ten thousand times. */
const MIN_DISTINCT = 10
const isVaried = (secret: string) => new Set(secret).size >= MIN_DISTINCT
const NOT_VARIED = `must be random: a secret with fewer than ${MIN_DISTINCT} different characters is easily guessed`

const duration = z.string().refine((value) => parseDuration(value) !== null, {
  error: 'must be a duration such as 90, 90s, 15m, 12h or 30d',
})
const positive = duration.refine((value) => parseDuration(value) !== 0, {
  error: 'must be longer than nothing',
})
const origin = z
  .string()
  .refine(isOrigin, { error: 'must be an origin such as https://app.example, without a path' })
const secrets = z
  .string({ error: 'is required: at least 32 random characters' })
  .refine((value) => parseList(value).length > 0, { error: 'is required' })
  .refine((value) => parseList(value).every((secret) => secret.length >= 32), {
    error: 'must be at least 32 characters long, each entry of the list',
  })
  .refine((value) => parseList(value).every(isVaried), { error: NOT_VARIED })

/** What an operator's program brings as a Bearer token. */
const bearerSecret = z
  .string()
  .regex(/^[\x21-\x7e]{32,512}$/, {
    error: 'must be at least 32 visible characters, without spaces',
  })
  .refine(isVaried, { error: NOT_VARIED })

const rateLimit = z.string().regex(/^[1-9]\d{0,6}\/[1-9]\d{0,5}[smhd]?$/, {
  error: 'must be like 10/1m: attempts per duration',
})

const databaseUrl = z
  .string()
  .regex(/^(?:file:.|postgres(?:ql)?:\/\/.)/, { error: 'must begin with file: or postgres://' })
  .default('file:.data/rekindle.db')

/** RFC 6749 §A.1 and A.2: visible characters; a colon ends the id. */
const OAUTH_CLIENT = /^[\x21-\x39\x3b-\x7e]{1,128}(?::[\x21-\x7e]{32,})?$/

const schema = z.object({
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, { error: 'must be a port number' })
    .refine((port) => Number(port) <= 65_535, { error: 'must be a port number' })
    .optional(),
  APP_ORIGIN: origin.optional(),
  INTERNAL_ORIGIN: origin.optional(),
  DATABASE_URL: databaseUrl,
  DATABASE_POOL_SIZE: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, { error: 'must be a number from 1 to 999' })
    .default('10'),
  DATABASE_STATEMENTS: z
    .enum(['auto', 'named', 'unnamed'], { error: 'must be auto, named or unnamed' })
    .default('auto'),
  DATABASE_TIMEOUT: positive.default('2s'),
  ACCESS_TOKEN_ALG: z
    .enum(SIGNING_ALGORITHMS, { error: 'must be HS256, EdDSA or ES256' })
    .optional(),
  ACCESS_TOKEN_KEYS: privateKeys.optional(),
  ACCESS_TOKEN_SECRET: secrets,
  REFRESH_TOKEN_SECRET: secrets,
  TOKEN_ISSUER: party,
  TOKEN_AUDIENCE: party,
  REGISTRATION: z.enum(['open', 'closed'], { error: 'must be open or closed' }).optional(),
  ACCESS_TOKEN_TTL: positive.default(ACCESS_TOKEN_TTL),
  REFRESH_TOKEN_TTL: positive.default('14d'),
  SESSION_TTL: positive.default('30d'),
  REFRESH_GRACE: duration.default('30s'),
  REFRESH_LEEWAY: duration.optional(),
  REFRESH_TIMEOUT: positive.default(REFRESH_TIMEOUT),
  COOKIE_SAMESITE: z.enum(['lax', 'strict'], { error: 'must be lax or strict' }).optional(),
  TRUSTED_PROXY_HOPS: z
    .string()
    .regex(/^\d$/, { error: 'must be a number from 0 to 9' })
    .default('0'),
  CONTRACTS: z
    .string()
    .refine((value) => parseList(value).every((name) => name === 'all' || isContract(name)), {
      error: `must be all, or a list of ${CONTRACT_NAMES.join(', ')}`,
    })
    .default('all'),
  CORS_ORIGINS: z
    .string()
    .refine((value) => parseList(value).every(isOrigin), {
      error: 'must be a list of origins such as https://other.example, without a path',
    })
    .default(''),
  OAUTH_CLIENTS: z
    .string()
    .refine((value) => parseList(value).every((pair) => OAUTH_CLIENT.test(pair)), {
      error:
        'must be a list of id:secret, or of id alone for a public client; each secret at least 32 characters long',
    })
    .refine(
      (value) =>
        [...clientsOf(value).values()].every((secret) => secret === null || isVaried(secret)),
      { error: NOT_VARIED },
    )
    .refine((value) => new Set(clientsOf(value).keys()).size === parseList(value).length, {
      error: 'must not name a client twice',
    })
    .refine((value) => !clientsOf(value).has(OWN_CLIENT_ID), {
      error: 'must not give a client the name that this app has in its own access tokens',
    })
    .default(''),
  CRON_SECRET: bearerSecret.optional(),
  // Longer than the five seconds for which Next.js keeps an idle connection: then none is cut just as it is used again.
  SHUTDOWN_DELAY: duration.default('6s'),
  SHUTDOWN_TIMEOUT: positive.default('25s'),
  SIGN_IN_LIMIT: rateLimit.default('10/1m'),
  ACCOUNT_SIGN_IN_LIMIT: rateLimit.default('100/1h'),
  METRICS_TOKEN: bearerSecret.optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).optional(),
  ...tracingVariables,
})
/** Where key pairs sign, a secret is only for the tokens that it signed before. */
const schemaOfPairs = schema.extend({
  ACCESS_TOKEN_KEYS: privateKeys,
  ACCESS_TOKEN_SECRET: secrets.optional(),
})

/** The names of all variables. `VERCEL_AUTOMATION_BYPASS_SECRET` is read for middleware alone. */
export const VARIABLES: readonly string[] = [
  ...Object.keys(schema.shape),
  'VERCEL_AUTOMATION_BYPASS_SECRET',
]

/**
 * Reads and checks the whole configuration.
 * @throws ConfigError that names every variable at fault and says what it must be; never a value.
 */
export function readConfig(env: Environment = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const edge = readEdgeConfig(given)
  const values = parsedBy(edge.accessKeys.algorithm === 'HS256' ? schema : schemaOfPairs, given)
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
    contracts: contractsOf(values.CONTRACTS),
    corsOrigins: parseList(values.CORS_ORIGINS),
    oauthClients: clientsOf(values.OAUTH_CLIENTS),
    signInLimit: rateLimitOf(values.SIGN_IN_LIMIT),
    accountLimit: rateLimitOf(values.ACCOUNT_SIGN_IN_LIMIT),
    cronSecret: values.CRON_SECRET ?? null,
    isLongLived: !given.VERCEL,
    shutdown:
      given.VERCEL || given.NODE_ENV !== 'production'
        ? null
        : { delayMs: ms(values.SHUTDOWN_DELAY), timeoutMs: ms(values.SHUTDOWN_TIMEOUT) },
    clientAddress: given.VERCEL ? 'platform' : { trustedHops: Number(values.TRUSTED_PROXY_HOPS) },
    metricsToken: values.METRICS_TOKEN ?? null,
    tracing: tracingOf(values),
  }
  checkTogether(config)
  return config
}

/**
 * Reads DATABASE_URL alone, for what works on the file and needs none of the secrets.
 * @throws ConfigError where it is wrong.
 */
export function readDatabaseUrl(env: Environment = process.env): string {
  const given = { DATABASE_URL: env.DATABASE_URL || undefined }
  return parsedBy(z.object({ DATABASE_URL: databaseUrl }), given).DATABASE_URL
}

/** Tells middleware, which reads the environment by itself, of an internal origin that was found at boot. A given one stands. */
export function provideInternalOrigin(origin: string, env: NodeJS.ProcessEnv = process.env): void {
  env.INTERNAL_ORIGIN ||= origin
}

/** Gives middleware the secret mark that its lines for the server's log begin with. */
export function provideLogMark(mark: string, env: NodeJS.ProcessEnv = process.env): void {
  env.REKINDLE_LOG_MARK = mark
}

/** Whether an origin is this very machine, where secrets may be made up and strangers do not come. */
export function isLocalhost(appOrigin: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(appOrigin).hostname)
}

function isContract(name: string): name is ContractName {
  return CONTRACT_NAMES.some((known) => known === name)
}

/** The canonical contract is always among them: middleware speaks it. */
function contractsOf(value: string): Set<ContractName> {
  const names = parseList(value)
  return new Set([
    'cookie-json',
    ...(names.includes('all') ? CONTRACT_NAMES : names.filter(isContract)),
  ])
}

function rateLimitOf(value: string): RateLimit {
  const [points, duration = ''] = value.split('/')
  return { points: Number(points), windowSeconds: (parseDuration(duration) ?? Number.NaN) / 1000 }
}

function clientsOf(value: string): Map<string, string | null> {
  return new Map(
    parseList(value).map((pair) => {
      const colon = pair.indexOf(':')
      return colon < 0 ? [pair, null] : [pair.slice(0, colon), pair.slice(colon + 1)]
    }),
  )
}

/** @throws ConfigError with the first complaint about each variable. */
function parsedBy<Wanted extends z.ZodType>(wanted: Wanted, given: unknown): z.output<Wanted> {
  const parsed = wanted.safeParse(given)
  if (parsed.success) return parsed.data
  const complaints = new Map<string, string>()
  for (const { path, message } of parsed.error.issues) {
    const name = path.join('.')
    if (!complaints.has(name)) complaints.set(name, `${name} ${message}`)
  }
  throw new ConfigError([...complaints.values()].join('\n'))
}

function checkTogether(config: Config): void {
  const { graceMs, accessTokenMs, leewayMs, idleMs, sessionMs } = config
  const must = (holds: boolean, complaint: string) => {
    if (!holds) throw new ConfigError(complaint)
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
    config.isLongLived || !isLocalhost(config.appOrigin),
    'APP_ORIGIN must be the address of the app on Vercel',
  )
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value) || value.includes('*')) return false
  const url = new URL(value)
  return /^https?:$/.test(url.protocol) && url.origin === value
}
