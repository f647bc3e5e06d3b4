import { z } from 'zod'
import { CONTRACT_NAMES, type ContractName } from '@/contracts/contract'
import { SIGNING_ALGORITHMS } from '@/session/keys/signing-key'
import { OWN_CLIENT_ID } from '@/session/tokens/access-token'
import { privateKeys } from './access-token-keys'
import { parseDuration } from './duration'
import { ACCESS_TOKEN_TTL, LOG_LEVELS, parseList, REFRESH_TIMEOUT } from './edge'
import { tracingVariables } from './tracing'

/** An issuer or audience. Tokens carry both, and no token may exceed `MAX_TOKEN_BYTES`. */
const party = z.string().max(200, { error: 'must be at most 200 characters long' }).optional()
/** A random text of 32 hexadecimal digits has fewer different characters once in ten thousand times. Other alphabets have more. */
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

/** A secret that an operator's program sends as a Bearer token. */
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

/** `id` or `id:secret` in visible characters (RFC 6749 §A.1 and §A.2). The id cannot contain a colon. */
const OAUTH_CLIENT = /^[\x21-\x39\x3b-\x7e]{1,128}(?::[\x21-\x7e]{32,})?$/

/** The environment variables and their defaults. Each message completes the sentence that begins with the name of the variable. */
export const schema = z.object({
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
        [...parseOAuthClients(value).values()].every(
          (secret) => secret === null || isVaried(secret),
        ),
      { error: NOT_VARIED },
    )
    .refine((value) => new Set(parseOAuthClients(value).keys()).size === parseList(value).length, {
      error: 'must not name a client twice',
    })
    .refine((value) => !parseOAuthClients(value).has(OWN_CLIENT_ID), {
      error: 'must not give a client the name that this app has in its own access tokens',
    })
    .default(''),
  CRON_SECRET: bearerSecret.optional(),
  // Longer than the five seconds for which Next.js keeps an idle connection, so that none is closed just as it is used again.
  SHUTDOWN_DELAY: duration.default('6s'),
  SHUTDOWN_TIMEOUT: positive.default('25s'),
  SIGN_IN_LIMIT: rateLimit.default('10/1m'),
  ACCOUNT_SIGN_IN_LIMIT: rateLimit.default('100/1h'),
  METRICS_TOKEN: bearerSecret.optional(),
  LAB: z.enum(['0', '1'], { error: 'must be 0 or 1' }).default('0'),
  TESTING: z.enum(['0', '1'], { error: 'must be 1, or 0' }).optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).optional(),
  ...tracingVariables,
})

/** The variables if key pairs sign access tokens. A secret is then optional: it only verifies tokens that it signed earlier. */
export const keyPairSchema = schema.extend({
  ACCESS_TOKEN_KEYS: privateKeys,
  ACCESS_TOKEN_SECRET: secrets.optional(),
})

/** Reads `DATABASE_URL` alone. */
export const databaseSchema = z.object({ DATABASE_URL: databaseUrl })

/** The names of all variables. `VERCEL_AUTOMATION_BYPASS_SECRET` has no schema: only middleware reads it. */
export const VARIABLES: readonly string[] = [
  ...Object.keys(schema.shape),
  'VERCEL_AUTOMATION_BYPASS_SECRET',
]

/** The secrets of OAuth clients by id, from `id:secret` and `id` entries. A client without a secret is public: its secret is null. */
export function parseOAuthClients(value: string): Map<string, string | null> {
  return new Map(
    parseList(value).map((pair) => {
      const colon = pair.indexOf(':')
      return colon < 0 ? [pair, null] : [pair.slice(0, colon), pair.slice(colon + 1)]
    }),
  )
}

/** True if a contract of this name exists. */
export function isContract(name: string): name is ContractName {
  return CONTRACT_NAMES.some((known) => known === name)
}

function isOrigin(value: string): boolean {
  if (!URL.canParse(value) || value.includes('*')) return false
  const url = new URL(value)
  return /^https?:$/.test(url.protocol) && url.origin === value
}
