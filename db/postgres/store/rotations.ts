import { and, eq, gt, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { SessionStore } from '@/session/store'
import { asynchronousCommit } from '../connection/asynchronous-commit'
import type { Connection } from '../connection/connection'
import { sessions, users } from '../schema'
import { sessionRow } from './session-row'

const $ = sql.placeholder

/** Of all callers that name the same position, one moves the session, and none moves a session that has ended. */
const unmoved = and(
  eq(sessions.id, $('id')),
  eq(sessions.generation, $('fromGeneration')),
  eq(sessions.branch, $('fromBranch')),
  isNull(sessions.endedAt),
  or(isNull(sessions.oauthClientId), eq(sessions.oauthClientId, $('oauthClientId'))),
)
/** A moment may have a fraction of a millisecond. Without the cast it would be read as a bigint, and refused. */
const moment = (name: string) => sql`${$(name)}::float8`
/** Matches a row that is unmoved and fulfils the `RotationCondition`. */
const due = and(
  unmoved,
  eq(sessions.userId, $('userId')),
  lt(sessions.issuedAt, moment('issuedBefore')),
  gt(sessions.idleExpiresAt, moment('receivedAt')),
  gt(sessions.expiresAt, moment('receivedAt')),
  isNull(sessions.endedReason),
  isNull(users.disabledAt),
)

/**
 * Prepares the verbs that move a session, each as one statement. If the answer of one is lost, it is sent again and finds the row
 * moved: `advance` returns false, and the caller reads again; `findToRotate` returns the moved row.
 */
export function prepareRotations({
  orm,
  answer,
}: Connection): Pick<SessionStore, 'advance' | 'findToRotate'> {
  const move = (idleExpiresAt: SQL) =>
    orm.update(sessions).set({
      generation: sql`${$('generation')}`,
      branch: sql`${$('branch')}`,
      parentBranch: sql`${$('parentBranch')}`,
      issuedAt: sql`${$('issuedAt')}`,
      idleExpiresAt,
      userAgent: sql`${$('userAgent')}`,
      address: sql`${$('address')}`,
      oauthClientId: sql`${$('oauthClientId')}`,
      renewals: sql`${sessions.renewals} + 1`,
    })
  const advance = move(sql`${$('idleExpiresAt')}`)
    .where(unmoved)
    .returning({ asynchronousCommit })
    .prepare('advance_session')

  const rotated = orm.$with('rotated').as(
    move(sql`LEAST(${$('idleExpiresAt')}, ${sessions.expiresAt})`)
      .from(users)
      .where(and(eq(users.id, sessions.userId), due))
      .returning({ asynchronousCommit: asynchronousCommit.as('asynchronous_commit') }),
  )
  // The SELECT does not see what the UPDATE writes, so it returns the row as it was.
  const findToRotate = orm
    .with(rotated)
    .select({ ...sessionRow, rotated: sql`EXISTS (SELECT FROM ${rotated})`.mapWith(Boolean) })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, $('id')))
    .prepare('find_session_to_rotate')

  return {
    async advance(id, from, to) {
      const expected = { id, fromGeneration: from.generation, fromBranch: from.branch }
      return (await answer(advance.execute({ ...to, ...expected }))).length === 1
    },
    async findToRotate(id, { from, ...condition }, to) {
      const expected = { id, fromGeneration: from.generation, fromBranch: from.branch }
      const [row] = await answer(findToRotate.execute({ ...to, ...expected, ...condition }))
      if (!row) return null
      const { rotated, ...session } = row
      return { session, rotated }
    },
  }
}
