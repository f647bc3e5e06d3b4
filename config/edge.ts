import type { AccessKeys } from '@/session/keys/access-keyring'
import { readKeyPairs } from '@/session/keys/key-pair'
import { SIGNING_ALGORITHMS } from '@/session/keys/signing-key'
import { parseDuration } from './duration'

/** The configuration of middleware. It is read without a schema to keep the Edge bundle small, because Node checks it at boot. */
export interface EdgeConfig {
  /** The public origin of the app. */
  readonly appOrigin: string
  /**
   * The origin at which middleware calls the refresh route. Unless `INTERNAL_ORIGIN` names one, a server that handles its own shutdown
   * puts its listener on loopback in its place when it starts.
   */
  readonly internalOrigin: string
  /** The secret that lets an internal call through Vercel's Deployment Protection, or null. */
  readonly protectionBypass: string | null
  /** True if the public origin is https. */
  readonly secure: boolean
  readonly sameSite: 'lax' | 'strict'
  readonly accessKeys: AccessKeys
  readonly refreshTokenSecrets: readonly string[]
  readonly issuer: string
  readonly audience: string
  /** The lifetime of an access token, in milliseconds. */
  readonly accessTokenMs: number
  /** How long before its expiry an access token is refreshed, in milliseconds. */
  readonly leewayMs: number
  /** How long a page waits for a refresh, in milliseconds, before it shows an outage. */
  readonly refreshTimeoutMs: number
  /** True if the server sets the received-at and requested-host headers itself. On Vercel it does not, so a client could set them. */
  readonly trustsReceivedAt: boolean
  /** The lowest level that is logged. */
  readonly logLevel: LogLevel
  /** The secret prefix by which the server recognizes middleware's log lines. Empty if the server did not set one. */
  readonly logMark: string
}

/** The paths of the files in `public/` when the app was built (`next.config.ts`). They are served to anyone. */
export const PUBLIC_FILES: ReadonlySet<string> = new Set(
  JSON.parse(process.env.PUBLIC_FILES || '[]'),
)

/** The levels that `LOG_LEVEL` can have, lowest first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
/** One of `LOG_LEVELS`. */
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Environment variables, such as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The default of `ACCESS_TOKEN_TTL`. */
export const ACCESS_TOKEN_TTL = '15m'
/** The default of `REFRESH_TIMEOUT`. It is long, because fifty tabs that wake together on a busy machine wait for each other. */
export const REFRESH_TIMEOUT = '8s'
const MAX_DEFAULT_LEEWAY_MS = 60_000

/** Reads the part of the configuration that both runtimes share, with its defaults. Never throws: invalid values become defaults or NaN. */
export function readEdgeConfig(env: Environment = process.env): EdgeConfig {
  const port = env.PORT || '3000'
  const appOrigin = env.APP_ORIGIN || vercelAppOrigin(env) || `http://localhost:${port}`
  const accessTokenMs = parseDuration(env.ACCESS_TOKEN_TTL || ACCESS_TOKEN_TTL) ?? Number.NaN
  const leeway = env.REFRESH_LEEWAY ? parseDuration(env.REFRESH_LEEWAY) : null
  return {
    appOrigin,
    internalOrigin:
      env.INTERNAL_ORIGIN || vercelInternalOrigin(env, appOrigin) || `http://127.0.0.1:${port}`,
    protectionBypass: (env.VERCEL && env.VERCEL_AUTOMATION_BYPASS_SECRET) || null,
    secure: appOrigin.startsWith('https:'),
    sameSite: env.COOKIE_SAMESITE === 'strict' ? 'strict' : 'lax',
    accessKeys: {
      algorithm: SIGNING_ALGORITHMS.find((known) => known === env.ACCESS_TOKEN_ALG) ?? 'HS256',
      keyPairs: readKeyPairs(env.ACCESS_TOKEN_KEYS),
      secrets: parseList(env.ACCESS_TOKEN_SECRET),
    },
    refreshTokenSecrets: parseList(env.REFRESH_TOKEN_SECRET),
    issuer: env.TOKEN_ISSUER || appOrigin,
    audience: env.TOKEN_AUDIENCE || appOrigin,
    accessTokenMs,
    refreshTimeoutMs: parseDuration(env.REFRESH_TIMEOUT || REFRESH_TIMEOUT) ?? Number.NaN,
    trustsReceivedAt: !env.VERCEL,
    logLevel: readLogLevel(env),
    logMark: env.REKINDLE_LOG_MARK ?? '',
    leewayMs: leeway ?? Math.min(MAX_DEFAULT_LEEWAY_MS, accessTokenMs / 10),
  }
}

/** Reads `LOG_LEVEL` alone, so that errors in the rest of the configuration can be logged. An invalid level is read as `info`. */
export function readLogLevel(env: Environment = process.env): LogLevel {
  return LOG_LEVELS.find((known) => known === env.LOG_LEVEL) ?? 'info'
}

/** The entries of a comma-separated value, trimmed, without empty ones. */
export function parseList(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** The origin of a Vercel deployment: in production the project's domain, else that of the branch or the deployment. */
function vercelAppOrigin(env: Environment): string | null {
  if (!env.VERCEL) return null
  const { VERCEL_PROJECT_PRODUCTION_URL: production, VERCEL_BRANCH_URL: branch } = env
  const host = env.VERCEL_ENV === 'production' ? production : branch || env.VERCEL_URL
  return host ? `https://${host}` : null
}

/**
 * The origin at which a Vercel deployment calls itself: its own address, so that an old deployment never calls a new one. In
 * production that address is behind Vercel's login by default, so without the secret that opens it, the public origin is used.
 */
function vercelInternalOrigin(env: Environment, appOrigin: string): string | null {
  if (!env.VERCEL) return null
  const isProtected = env.VERCEL_ENV === 'production' && !env.VERCEL_AUTOMATION_BYPASS_SECRET
  return isProtected || !env.VERCEL_URL ? appOrigin : `https://${env.VERCEL_URL}`
}
