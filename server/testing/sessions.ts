import 'server-only'
import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import type { User } from '@/db/database'
import { eventOf } from '@/session/event'
import type { ClientInfo, NewSession } from '@/session/session'
import type { EpochMs } from '@/session/time'
import { createClaimsSource } from '@/session/tokens/claims'
import { DEVICE_COOKIE_SECONDS } from '../auth/account/device-token'
import { claimsOf } from '../auth/own'
import type { Services } from '../composition'
import { parseClient } from '../http/client-info'
import { HttpError } from '../http/http-error'
import { testCookie } from './cookie'
import { openSigners } from './signers'
import { type Plan, planState } from './states'
import { requireTestUser } from './users'
import type { Lifetimes, sessionBody, TestCookie, TestSession } from './wire'

const DAY_MS = 24 * 60 * 60 * 1000
const claimsFor = createClaimsSource(claimsOf)
/** A test's user may have any number of sessions. */
const NO_LIMIT = { replaces: null, maxLive: 2 ** 31 - 1 }
/** The device that ended the session, in the states in which one did. The address is one for documentation (RFC 5737). */
const ANOTHER_DEVICE: ClientInfo = {
  address: '203.0.113.7',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
}

/**
 * Starts a session of the user in a state: one row, and the tokens of what the jar holds.
 * @throws HttpError 404 USER_NOT_FOUND, 409 USER_DISABLED, 409 STATE_IMPOSSIBLE.
 */
export async function startTestSession(
  {
    userId,
    state,
    address = '127.0.0.1',
    userAgent = 'Rekindle testing',
  }: z.infer<typeof sessionBody>,
  parts: Services,
): Promise<TestSession> {
  const { config, clock } = parts
  const user = await requireTestUser(userId, parts)
  const { accessTokenMs, leewayMs, graceMs, idleMs, sessionMs } = config
  const lifetimes = { accessTokenMs, leewayMs, graceMs, idleMs, sessionMs }
  const now = clock()
  const plan = planState(state, now, lifetimes)
  if (!plan) {
    throw new HttpError(
      409,
      'STATE_IMPOSSIBLE',
      'The lifetimes of this server leave no time for this state: REFRESH_GRACE must be longer than nothing, and REFRESH_TOKEN_TTL many times longer than it',
    )
  }
  const [signedInAt] = plan.issuedAt
  const row: NewSession = {
    id: randomBytes(16).toString('base64url'),
    userId,
    passwordHash: user.passwordHash,
    createdAt: signedInAt,
    idleExpiresAt: signedInAt + idleMs,
    expiresAt: signedInAt + sessionMs,
    ...parseClient({ address, userAgent }),
  }
  await writeRow(row, plan, now, parts)
  const jars = await signJars(row, user, plan, now, parts)
  return { sessionId: row.id, userId, state, ...jars, lifetimes }
}

/** Writes the row by the verbs with which the product writes it. */
async function writeRow(row: NewSession, plan: Plan, now: EpochMs, parts: Services): Promise<void> {
  const { sessions } = parts.database
  if (!(await sessions.create(row, NO_LIMIT))) {
    throw new HttpError(409, 'USER_DISABLED', 'This user is disabled or has just changed')
  }
  const { address, userAgent } = row
  const [, rotatedAt] = plan.issuedAt
  if (rotatedAt !== undefined) {
    // False if the row of an expired session was pruned by now: its token says that it has expired.
    await sessions.advance(
      row.id,
      { generation: 0, branch: 0 },
      {
        ...{ generation: 1, branch: 0, parentBranch: 0, oauthClientId: null },
        ...{ issuedAt: rotatedAt, idleExpiresAt: expiryOf(row, rotatedAt, parts.config) },
        ...{ address, userAgent },
      },
    )
  }
  if (plan.ended === null) return
  const copied = { generation: 0, branch: 0 }
  const event = eventOf({ id: row.id, userId: row.userId }, copied, ANOTHER_DEVICE, now)
  await sessions.end(
    row.id,
    plan.ended,
    plan.ended === 'reused' ? event('reuse_detected') : event('ended', plan.ended),
  )
}

async function signJars(
  row: NewSession,
  user: User,
  plan: Plan,
  now: EpochMs,
  { config }: Services,
): Promise<Pick<TestSession, 'cookies' | 'thief'>> {
  const { access, refresh, device } = await openSigners(config)
  const issueTime = (generation: 0 | 1) => plan.issuedAt[generation] ?? row.createdAt
  const refreshCookie = async (generation: 0 | 1) => {
    const at = issueTime(generation)
    const expiresAt = expiryOf(row, at, config)
    const { token } = await refresh.issue(row, { generation, branch: 0 }, expiresAt, at)
    return testCookie('refresh', token, plan.keepsExpired ? now + DAY_MS : expiresAt, config)
  }
  const accessCookie = async () => {
    const at = issueTime(plan.jar)
    const session = { ...row, expiresAt: expiryOf(row, at, config) }
    const begun = { id: row.id, createdAt: row.createdAt, authTime: row.createdAt }
    const claims = claimsFor ? await claimsFor(user, begun) : {}
    const { token, expiresInSeconds } = await access.issue(session, at, { claims })
    return testCookie('access', token, at + expiresInSeconds * 1000, config)
  }
  const deviceToken = await device(user.nameKey, row.id, row.createdAt)
  const deviceEnd = row.createdAt + DEVICE_COOKIE_SECONDS * 1000
  const cookies: TestCookie[] = [
    ...(plan.hasAccess ? [await accessCookie()] : []),
    await refreshCookie(plan.jar),
    testCookie('device', deviceToken, deviceEnd, config),
  ]
  return { cookies, ...(plan.thief === null ? {} : { thief: [await refreshCookie(plan.thief)] }) }
}

/** When a refresh token that is issued at `at` expires if it is not used. */
function expiryOf(row: NewSession, at: EpochMs, { idleMs }: Pick<Lifetimes, 'idleMs'>): EpochMs {
  return Math.min(at + idleMs, row.expiresAt)
}
