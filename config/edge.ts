import type { AccessKeys } from '@/session/keys/access-keyring'
import { readKeyPairs } from '@/session/keys/key-pair'
import { SIGNING_ALGORITHMS } from '@/session/keys/signing-key'
import { parseDuration } from './duration'

/** What middleware needs to know. Read without a schema, to keep the Edge bundle small: Node checked it at boot. */
export interface EdgeConfig {
  readonly appOrigin: string
  readonly internalOrigin: string
  /** Lets an internal call through Vercel's Deployment Protection, which guards a deployment's own address. */
  readonly protectionBypass: string | null
  readonly secure: boolean
  readonly sameSite: 'lax' | 'strict'
  readonly accessKeys: AccessKeys
  readonly refreshTokenSecrets: readonly string[]
  readonly issuer: string
  readonly audience: string
  readonly accessTokenMs: number
  readonly leewayMs: number
  /** How long a page waits for a refresh before an outage is what it shows. */
  readonly refreshTimeoutMs: number
  /** Whether the server itself saw each request arrive, and said so; elsewhere that header is the client's. */
  readonly knowsArrival: boolean
  /** The least that is worth a line in the log. */
  readonly logLevel: LogLevel
  /** What middleware's own lines of the log begin with, so that the server knows them; empty where it does not ask for that. */
  readonly logMark: string
}

/** The paths of the files in `public/`, as they were when the app was built (`next.config.ts`): anybody’s, like any asset. */
export const PUBLIC_FILES: ReadonlySet<string> = new Set(
  JSON.parse(process.env.PUBLIC_FILES || '[]'),
)

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type Environment = Readonly<Record<string, string | undefined>>

export const ACCESS_TOKEN_TTL = '15m'
/** Long, as fifty tabs that wake together on a busy machine wait for each other, and late is better than not. */
export const REFRESH_TIMEOUT = '8s'
const MAX_DEFAULT_LEEWAY_MS = 60_000

/** The part of the configuration that both runtimes share, with every default filled in. */
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
    knowsArrival: !env.VERCEL,
    logLevel: readLogLevel(env),
    logMark: env.REKINDLE_LOG_MARK ?? '',
    leewayMs: leeway ?? Math.min(MAX_DEFAULT_LEEWAY_MS, accessTokenMs / 10),
  }
}

/** By itself, as a wrong configuration has to be complained of, too. */
export function readLogLevel(env: Environment = process.env): LogLevel {
  return LOG_LEVELS.find((known) => known === env.LOG_LEVEL) ?? 'info'
}

/** The entries of a comma-separated value. */
export function parseList(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** Of a production deployment the project's domain, of another its branch's, or its own. */
function vercelAppOrigin(env: Environment): string | null {
  if (!env.VERCEL) return null
  const { VERCEL_PROJECT_PRODUCTION_URL: production, VERCEL_BRANCH_URL: branch } = env
  const host = env.VERCEL_ENV === 'production' ? production : branch || env.VERCEL_URL
  return host ? `https://${host}` : null
}

/**
 * The deployment itself, so that an old one never asks a new one. In production its own address is behind Vercel's login by
 * default, and only the public one is not: without the secret that opens the former, the latter.
 */
function vercelInternalOrigin(env: Environment, appOrigin: string): string | null {
  if (!env.VERCEL) return null
  const isShut = env.VERCEL_ENV === 'production' && !env.VERCEL_AUTOMATION_BYPASS_SECRET
  return isShut || !env.VERCEL_URL ? appOrigin : `https://${env.VERCEL_URL}`
}
