import type { Json } from '../contract'

/** How many seconds a JWT lives from its making: a difference, so that no clock is asked. Undefined where it does not say. */
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
