import 'server-only'
import { z } from 'zod'
import { newPassword, userName } from '@/contracts/credentials'
import type { EndReason, SessionEventKind } from '@/session/session'
import { parseAddress } from '../http/client-info'

/** The header, with the value `1`, of every call of the test endpoint. A page of another site cannot send it without a preflight. */
export const TESTING_HEADER = 'x-rekindle-testing'

/**
 * The states in which a session can be made, and what the next page does.
 *
 * - `fresh`: both tokens were just issued.
 * - `expiring`: the access token is within REFRESH_LEEWAY. The next page refreshes ahead of time.
 * - `expired`: the access token is gone. The next page rotates.
 * - `replaced`: the access token is gone, and another request has just rotated the refresh token. The next page is renewed.
 * - `lost-response`: as `replaced`, longer than REFRESH_GRACE ago: the response was lost. The next page is issued a new branch.
 * - `stolen`: as `lost-response`, but a thief has the newer token. The owner's next page is served. Once REFRESH_GRACE has
 *   passed since then, the thief's next page ends the session.
 * - `ended-elsewhere`: the tokens are good, and the session was ended on another device.
 * - `reused`: the session was ended because a copy of a token was used.
 * - `idle-expired`: the session was unused for longer than REFRESH_TOKEN_TTL.
 * - `absolute-expired`: the session is older than SESSION_TTL.
 */
export const STATES = [
  'fresh',
  'expiring',
  'expired',
  'replaced',
  'lost-response',
  'stolen',
  'ended-elsewhere',
  'reused',
  'idle-expired',
  'absolute-expired',
] as const
/** One of `STATES`. */
export type State = (typeof STATES)[number]

const text = z.string({ error: 'must be a text' })

/** `POST /api/testing/user`: a new user. With `password: true` a password is made; a text is set as it is. */
export const userBody = z.strictObject({
  name: userName.optional(),
  password: z.union([z.boolean(), newPassword], { error: 'must be true or a password' }).optional(),
})
/** The answer: `password` is null if the user has none, and so cannot use the sign-in form. */
export interface TestUser {
  readonly id: string
  readonly name: string
  readonly password: string | null
}

/** `POST /api/testing/session`: a new session of the user in a state, without a sign-in. */
export const sessionBody = z.strictObject({
  userId: text,
  state: z.enum(STATES, { error: `must be one of ${STATES.join(', ')}` }).default('fresh'),
  userAgent: text.max(512, { error: 'must be at most 512 characters long' }).optional(),
  address: text
    .refine((address) => parseAddress(address) !== null, { error: 'must be an IP address' })
    .optional(),
})
/** The answer. `thief` is the jar of the thief, for the state `stolen` alone. */
export interface TestSession {
  readonly sessionId: string
  readonly userId: string
  readonly state: State
  readonly cookies: readonly TestCookie[]
  readonly thief?: readonly TestCookie[]
  readonly lifetimes: Lifetimes
}

/** A cookie as Playwright's `context.addCookies` takes it, once `url` or `domain` is added; with a `url`, `path` is left out. */
export interface TestCookie {
  readonly name: string
  readonly value: string
  readonly path: '/'
  readonly httpOnly: true
  readonly secure: boolean
  readonly sameSite: 'Lax' | 'Strict'
  /** In seconds since the Unix epoch. */
  readonly expires: number
}

/** The lifetimes of this server, in milliseconds. */
export interface Lifetimes {
  readonly accessTokenMs: number
  readonly leewayMs: number
  readonly graceMs: number
  readonly idleMs: number
  readonly sessionMs: number
}

/** Ten years, in milliseconds. */
const MAX_PASS_MS = 10 * 365 * 24 * 60 * 60 * 1000
/** A cookie of a jar. Other fields, as those of Playwright's `context.cookies()`, are ignored. */
const jarCookie = z.object({ name: text, value: text })

/** `POST /api/testing/pass-time`: time passes for one user, in the rows and in the given jars. */
export const passTimeBody = z.strictObject({
  userId: text,
  ms: z
    .int({ error: 'must be a number of milliseconds' })
    .min(1000, { error: 'must be at least 1000' })
    .max(MAX_PASS_MS, { error: 'must be at most ten years' })
    .refine((ms) => ms % 1000 === 0, { error: 'must be whole seconds, as tokens have no others' }),
  jars: z.array(z.array(jarCookie)).default([]),
})
/** The answer: one entry for each jar, in their order. */
export interface PassedTime {
  readonly jars: readonly AgedJar[]
}
/** What has changed in a jar. Cookies that are in neither list are no tokens, or not this user's, and stay as they are. */
export interface AgedJar {
  /** The tokens that are still good, with the same claims but older: they replace the cookies of the same names. */
  readonly cookies: readonly TestCookie[]
  /** The names of the cookies that have expired, which the browser would have deleted. */
  readonly dropped: readonly string[]
}

/** `POST /api/testing/rotations`: the sessions and events of a user, from the database. */
export const rotationsBody = z.strictObject({ userId: text })
/** The answer, each list oldest first. A session that was pruned is missing. Times are in milliseconds since the Unix epoch. */
export interface Rotations {
  readonly sessions: readonly RotatedSession[]
  readonly events: readonly RotationEvent[]
}
/** A session. `generation` counts its rotations. */
export interface RotatedSession {
  readonly id: string
  readonly generation: number
  readonly branch: number
  readonly parentBranch: number
  readonly issuedAt: number
  readonly idleExpiresAt: number
  readonly expiresAt: number
  readonly createdAt: number
  readonly authTime: number
  readonly endedAt: number | null
  readonly endedReason: EndReason | null
  readonly address: string
  readonly userAgent: string
}
/** An event. `sessionId` is null if it happened outside any session. */
export interface RotationEvent {
  readonly kind: SessionEventKind
  readonly at: number
  readonly detail: string | null
  readonly sessionId: string | null
  readonly address: string
  readonly userAgent: string
}
