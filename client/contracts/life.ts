import type { Json } from '../requests/contract'

/**
 * Returns how long a JWT lives, in seconds: `exp` minus `iat` (RFC 7519 §4.1), so that no wall clock is needed. Undefined if the token
 * does not tell. The signature is not checked.
 */
export function lifeOf(token: string): number | undefined {
  try {
    const payload = token.split('.')[1] ?? ''
    const { exp, iat } = JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/'))) as Json
    const life = Number(exp) - Number(iat)
    return life >= 0 ? life : undefined
  } catch {
    return undefined
  }
}
