import 'server-only'
import type { z } from 'zod'
import type { User } from '@/db/database'
import { cookieName } from '@/http/request/cookies'
import type { Services } from '../composition'
import { testCookie } from './cookie'
import { openSigners, type TokenRole } from './signers'
import { requireTestUser } from './users'
import type { AgedJar, PassedTime, passTimeBody, TestCookie } from './wire'

const ROLES: readonly TokenRole[] = ['access', 'refresh', 'challenge', 'device']

/**
 * Lets `ms` milliseconds pass for one user: every time in the user's sessions and events moves into the past, and with them
 * the tokens in the jars. The server's clock stays as it is, because other tests share it.
 * @throws HttpError 404 USER_NOT_FOUND.
 */
export async function passTime(
  { userId, ms, jars }: z.infer<typeof passTimeBody>,
  parts: Services,
): Promise<PassedTime> {
  const user = await requireTestUser(userId, parts)
  await parts.database.age(userId, ms)
  return { jars: await Promise.all(jars.map((jar) => ageJar(jar, user, ms, parts))) }
}

async function ageJar(
  jar: z.infer<typeof passTimeBody>['jars'][number],
  user: User,
  ms: number,
  parts: Services,
): Promise<AgedJar> {
  const cookies: TestCookie[] = []
  const dropped: string[] = []
  for (const { name, value } of jar) {
    const role = ROLES.find((known) => cookieName(known, parts.config) === name)
    const aged = role ? await ageToken(role, value, user, ms, parts) : null
    if (aged === 'expired') dropped.push(name)
    else if (aged) cookies.push(aged)
  }
  return { cookies, dropped }
}

/** Signs a token anew with the same claims, `ms` older. Null if it is not a token of this user. */
async function ageToken(
  role: TokenRole,
  token: string,
  user: User,
  ms: number,
  parts: Services,
): Promise<TestCookie | 'expired' | null> {
  const now = parts.clock()
  const { type, keyring, expect } = (await openSigners(parts.config)).byRole[role]
  const verdict = await keyring.verify(type, token, now, expect)
  if (verdict.status === 'invalid' || !(await isOf(user, role, verdict.claims, parts))) return null
  const { iat = 0, exp = 0, at, ...claims } = verdict.claims
  const expiresAt = exp * 1000 - ms
  if (expiresAt <= now) return 'expired'
  const older = { ...claims, iat: iat - ms / 1000, exp: expiresAt / 1000 }
  // A challenge has its time in milliseconds, too.
  const signed = await keyring.sign(
    type,
    typeof at === 'number' ? { ...older, at: at - ms } : older,
  )
  return testCookie(role, signed, expiresAt, parts.config)
}

async function isOf(
  user: User,
  role: TokenRole,
  { sub, sid }: { readonly sub?: string; readonly sid?: unknown },
  { database }: Services,
): Promise<boolean> {
  if (role === 'device') return sub === user.nameKey
  if (role !== 'challenge') return sub === user.id
  return (await database.sessions.find(String(sid)))?.userId === user.id
}
