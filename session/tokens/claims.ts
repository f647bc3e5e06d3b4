import { askOutside } from '../outside'
import type { EpochMs } from '../time'

/** A value of an additional claim. */
export type ClaimValue = string | number | boolean | readonly string[]

/** The claims of an access token besides the standard ones. They are flat. */
export type Claims = Readonly<Record<string, ClaimValue>>

/** The user for whom an access token is issued. */
export interface ClaimsUser {
  readonly id: string
  readonly name: string
  /** True if the user's identity was verified, by whatever means this deployment has. */
  readonly verified: boolean
}

/** The session for which an access token is issued. */
export interface ClaimsSession {
  readonly id: string
  readonly createdAt: EpochMs
  /** When the user last proved who they are in this session. */
  readonly authTime: EpochMs
}

/** Returns the additional claims of an access token. It is called each time one is issued. */
export type ClaimsOf = (user: ClaimsUser, session: ClaimsSession) => Claims | Promise<Claims>

/**
 * The largest additional claims, in bytes of their JSON. In base64url they take a third more, and leave half of MAX_TOKEN_BYTES
 * to the standard claims and the signature.
 */
export const MAX_CLAIMS_BYTES = 768

/** The claims that the issuer sets. `nbf` is never set, but a verifier would obey it (RFC 7519 §4.1.5). */
const STANDARD: ReadonlySet<string> = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'sid',
  'client_id',
])

/**
 * Returns a function that asks `claimsOf` for the claims of a token and checks them; null without one. It is called before
 * anything is written, so that a failure loses nothing.
 * @throws (the function) SessionError `unavailable` if `claimsOf` fails; Error as `requireClaims` does.
 */
export function createClaimsSource(claimsOf: ClaimsOf | null | undefined) {
  if (!claimsOf) return null
  return async (user: ClaimsUser, { id, createdAt, authTime }: ClaimsSession): Promise<Claims> => {
    const { id: userId, name, verified } = user
    const session = { id, createdAt, authTime }
    return requireClaims(await askOutside(() => claimsOf({ id: userId, name, verified }, session)))
  }
}

/**
 * Checks claims before a token carries them, and before anything is written.
 * @throws Error that names what is wrong with them: a standard claim, a value of another kind, or too many bytes.
 */
export function requireClaims(claims: Claims): Claims {
  for (const [name, value] of Object.entries(claims)) {
    if (STANDARD.has(name)) throw new Error(`claimsOf must not set the standard claim "${name}"`)
    if (!isClaimValue(value)) {
      throw new Error(
        `claimsOf must set "${name}" to a string, a finite number, a boolean or an array of strings`,
      )
    }
  }
  const bytes = new TextEncoder().encode(JSON.stringify(claims)).length
  if (bytes > MAX_CLAIMS_BYTES) {
    throw new Error(
      `claimsOf returned ${bytes} bytes of claims, and an access token holds ${MAX_CLAIMS_BYTES}: keep the rest in your database`,
    )
  }
  return claims
}

/** The additional claims of a verified token. */
export function additionalClaims(payload: Readonly<Record<string, unknown>>): Claims {
  const own = Object.entries(payload).filter(
    (entry): entry is [string, ClaimValue] => !STANDARD.has(entry[0]) && isClaimValue(entry[1]),
  )
  return Object.fromEntries(own)
}

function isClaimValue(value: unknown): value is ClaimValue {
  if (Array.isArray(value)) return value.every((one) => typeof one === 'string')
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}
