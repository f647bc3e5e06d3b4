import { randomBytes } from 'node:crypto'
import type { NewUser } from '@/db/database'
import type { RotationCondition } from '@/session/rotation'
import type { Advance, NewSession, NewSessionEvent, Position, SessionMove } from '@/session/session'

/** The time at which samples begin: 2027-01-15. */
export const START = 1_800_000_000_000
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

export const laptop = { address: '192.0.2.1', userAgent: 'Laptop/1' }
export const phone = { address: '192.0.2.2', userAgent: 'Phone/1' }

/** Timeouts, in milliseconds, for tests that are not about timeouts, so that a slow machine fails none of them. */
export const LONG_TIMEOUTS = { timeoutMs: 60_000, openTimeoutMs: 120_000 }

/** 128 random bits, base64url. */
export const newId = () => randomBytes(16).toString('base64url')

export function newUser(fields: Partial<NewUser> = {}): NewUser {
  const id = newId()
  return {
    id,
    name: `N ${id}`,
    nameKey: `n ${id}`,
    passwordHash: 'hash',
    createdAt: START,
    ...fields,
  }
}

export function newSession(fields: Partial<NewSession> & { userId: string }): NewSession {
  const createdAt = fields.createdAt ?? START
  const [idleExpiresAt, expiresAt] = [createdAt + 14 * DAY, createdAt + 30 * DAY]
  return {
    id: newId(),
    passwordHash: 'hash',
    createdAt,
    idleExpiresAt,
    expiresAt,
    ...laptop,
    ...fields,
  }
}

/** A rotation to `generation`, that many hours after START. */
export function rotation(generation: number, fields: Partial<Advance> = {}): Advance {
  const issuedAt = START + generation * HOUR
  return {
    ...{ generation, branch: 0, parentBranch: 0 },
    ...{ issuedAt, idleExpiresAt: issuedAt + 14 * DAY, oauthClientId: null },
    ...phone,
    ...fields,
  }
}

/** The condition of a rotation from `from` that is due whatever the row's `issuedAt`, if the session is live an hour after START. */
export function dueFrom(from: Position, userId: string): RotationCondition & { userId: string } {
  return { from, userId, issuedBefore: Number.MAX_SAFE_INTEGER, receivedAt: START + HOUR }
}

/** A move of the session `from` to a new id. */
export function newMove(from: string): SessionMove {
  return { from, to: newId(), idleExpiresAt: START + 15 * DAY }
}

export function newEvent(
  fields: Partial<NewSessionEvent> & { sessionId: string; userId: string },
): NewSessionEvent {
  return { kind: 'stale_challenged', at: START, detail: null, ...laptop, ...fields }
}
