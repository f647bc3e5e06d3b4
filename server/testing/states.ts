import 'server-only'
import type { EndReason } from '@/session/session'
import type { EpochMs } from '@/session/time'
import type { Lifetimes, State } from './wire'

/** How a session comes to be in a state: when its tokens were issued, how it ended, and what the jars hold. */
export interface Plan {
  /** When the tokens of each generation were issued: at the sign-in and, if there is a second, at a rotation. */
  readonly issuedAt: readonly [EpochMs] | readonly [EpochMs, EpochMs]
  /** Why the session ended, or null. */
  readonly ended: Extract<EndReason, 'ended_elsewhere' | 'reused'> | null
  /** The generation of the tokens that the jar holds. */
  readonly jar: 0 | 1
  /** False if the access token is gone from the jar. */
  readonly hasAccess: boolean
  /** True if the jar keeps an expired refresh token, as that of a browser with a slow clock. */
  readonly keepsExpired: boolean
  /** The generation of the refresh token that a thief holds, or null. */
  readonly thief: 1 | null
}

const FROM_NOW = { ended: null, jar: 0, hasAccess: true, keepsExpired: false, thief: null } as const

/**
 * Plans a session that is in `state` at `now`. Pure. Returns null if the lifetimes of this server leave no time for the state.
 */
export function planState(state: State, now: EpochMs, lifetimes: Lifetimes): Plan | null {
  const { accessTokenMs, graceMs, idleMs, sessionMs } = lifetimes
  const age = ageOfIssue(lifetimes)
  const old = { ...FROM_NOW, hasAccess: false }
  switch (state) {
    case 'fresh':
      return { ...FROM_NOW, issuedAt: [now] }
    case 'expiring':
      return { ...FROM_NOW, issuedAt: [expiryOfEnding(now, lifetimes) - accessTokenMs] }
    case 'ended-elsewhere':
      return { ...FROM_NOW, issuedAt: [now], ended: 'ended_elsewhere' }
    case 'idle-expired':
      return { ...old, issuedAt: [now - idleMs - age], keepsExpired: true }
    case 'absolute-expired': {
      const signedInAt = now - sessionMs - age
      const last = signedInAt + sessionMs - Math.min(age, idleMs / 2)
      return { ...old, issuedAt: [signedInAt, last], jar: 1, keepsExpired: true }
    }
  }
  // The refresh token of the sign-in must still be good.
  if (2 * age >= idleMs) return null
  switch (state) {
    case 'expired':
      return { ...old, issuedAt: [now - age] }
    case 'replaced':
      return graceMs === 0 ? null : { ...old, issuedAt: [now - age, now] }
    case 'lost-response':
      return { ...old, issuedAt: [now - 2 * age, now - age] }
    case 'stolen':
      return { ...old, issuedAt: [now - 2 * age, now - age], thief: 1 }
    case 'reused': {
      const issuedAt = [now - 2 * age, now - age] as const
      return { ...old, issuedAt, jar: 1, ended: 'reused' }
    }
  }
}

/**
 * How long ago tokens were issued that are no longer new, in milliseconds: so long that a refresh token is rotated, and if
 * possible so long that the access token has expired.
 */
function ageOfIssue({ accessTokenMs, graceMs, idleMs }: Lifetimes): number {
  return Math.max(3 * graceMs, Math.min(accessTokenMs, Math.floor(idleMs / 4))) + 1000
}

/** The latest expiry of an access token that is about to expire at `now`. Tokens expire at whole seconds. */
function expiryOfEnding(now: EpochMs, { leewayMs }: Lifetimes): EpochMs {
  const second = 1000
  return Math.floor((now + (leewayMs < second ? 2 * second : leewayMs)) / second) * second
}
