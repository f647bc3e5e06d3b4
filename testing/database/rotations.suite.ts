import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decideClientBinding } from '@/session/client-binding'
import { decide, rotationIfDue } from '@/session/rotation'
import type { Advance, RotationState, Session } from '@/session/session'
import { DAY, dueFrom, HOUR, newId, phone, rotation, START } from './samples'
import { eachTestsDatabase, type OpenTestDatabase } from './suite'

const first = { generation: 0, branch: 0 }

/** One of the usual values, or in one case of ten another one. Most rows differ from one that is due in one thing or in none. */
const mostly = <T>(usual: readonly T[], ...others: T[]) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  )
const clients = fc.constantFrom(null, null, 'phone', 'api')

/** A row. Its times are in milliseconds: for how long a rotation has been due, and for how long the session lives from the request on. */
const rows = fc.record({
  generation: fc.integer({ min: 1, max: 3 }),
  branch: fc.integer({ min: 0, max: 2 }),
  parentBranch: fc.integer({ min: 0, max: 1 }),
  dueFor: mostly([1, DAY], 0, -1, -60_000),
  idleLeft: mostly([1, 2, DAY], 0, -1),
  left: mostly([1, 2, DAY, 30 * DAY], 0, -1),
  endedReason: mostly<Session['endedReason']>([null], 'signed_out', 'reused', 'over_limit'),
  hasEndTime: mostly([true], false),
  userDisabled: mostly([false], true),
  oauthClientId: clients,
})
const requests = fc.record({
  grace: fc.constantFrom(0, 1, 30_000),
  ahead: mostly([0], -1, 1),
  branchAhead: mostly([0], -1, 1),
  fraction: fc.constantFrom(0, 0.25, 0.75),
  waitedMs: fc.constantFrom(0, 1, 20_000),
  oauthClientId: clients,
  jar: fc.boolean(),
  isOwner: mostly([true], false),
})

/** Tests `findToRotate`, and that it rotates exactly when the policy does. */
export function describeRotations(open: OpenTestDatabase): void {
  const test = eachTestsDatabase(open)
  const due = (id: string, to: Advance, sessions = test.sessions) =>
    sessions.findToRotate(id, dueFrom(first, test.user.id), to)

  it('returns the row as it was, and moves it as advance does', async () => {
    const id = await test.signIn({ expiresAt: START + 3 * HOUR })
    const before = await test.sessions.find(id)
    const to = rotation(1, { oauthClientId: 'phone' })
    const found = await due(id, to)
    expect(found).toEqual({ session: before, rotated: true })
    const after = { ...before, ...to, idleExpiresAt: START + 3 * HOUR, renewals: 1 }
    expect(await test.sessions.find(id)).toEqual(after)
  })

  it('F1: moves the session for one of twenty at once, on two handles, and finds it for all', async () => {
    const id = await test.signIn()
    const other = await test.reopen()
    const racers = Array.from({ length: 20 }, (_, n) => {
      const { sessions } = n % 2 ? other : test
      return due(id, rotation(1, { userAgent: `racer ${n}` }), sessions)
    })
    const found = await Promise.all(racers)
    expect(found.filter((one) => one?.rotated)).toHaveLength(1)
    expect(found.every((one) => one?.session.id === id)).toBe(true)
    const userAgent = `racer ${found.findIndex((one) => one?.rotated)}`
    expect(await test.sessions.find(id)).toMatchObject({ generation: 1, userAgent })
  })

  it('is null for a session that does not exist', async () => {
    expect(await due(newId(), rotation(1))).toBeNull()
  })

  /** Writes what the policy reads of the row, and nothing else. */
  async function write(
    id: string,
    row: RotationState & Pick<Session, 'endedAt' | 'oauthClientId'>,
  ): Promise<void> {
    const text = (value: string | null) => (value === null ? 'NULL' : `'${value}'`)
    await test.operate(`
      UPDATE users SET disabled_at = ${row.userDisabled ? START : 'NULL'};
      UPDATE sessions SET generation = ${row.generation}, branch = ${row.branch}, parent_branch = ${row.parentBranch},
        issued_at = ${row.issuedAt}, idle_expires_at = ${row.idleExpiresAt}, expires_at = ${row.expiresAt},
        revoked_at = ${row.endedAt ?? 'NULL'}, revoked_reason = ${text(row.endedReason)},
        client_id = ${text(row.oauthClientId)}
      WHERE id = '${id}';`)
  }

  it('rotates exactly if the policy, asked with the row as it was, rotates', async () => {
    const id = await test.signIn()
    const outcomes = { rotated: 0, left: 0 }
    await fc.assert(
      fc.asyncProperty(rows, requests, async (row, request) => {
        const now = START + DAY
        const receivedAt = now - request.waitedMs + request.fraction
        const at = Math.floor(receivedAt)
        await write(id, {
          ...row,
          issuedAt: at - 3 * request.grace - row.dueFor,
          idleExpiresAt: at + row.idleLeft,
          expiresAt: at + row.left,
          endedAt: row.endedReason && row.hasEndTime ? START : null,
        })
        const before = await test.sessions.find(id)
        if (!before) throw new Error('no row')

        const presented = {
          generation: row.generation + request.ahead,
          branch: row.branch + request.branchAhead,
        }
        const { condition, to } = rotationIfDue(presented, receivedAt, request.grace)
        const userId = request.isOwner ? test.user.id : newId()
        const { oauthClientId } = request
        const idleExpiresAt = now + 14 * DAY
        const advance: Advance = { ...to, ...phone, issuedAt: now, idleExpiresAt, oauthClientId }
        const found = await test.sessions.findToRotate(id, { ...condition, userId }, advance)

        const caller = { accessOnly: false, jar: request.jar, challenge: null }
        const decision =
          decideClientBinding(before, receivedAt, request) ??
          decide(before, presented, receivedAt, caller, request.grace)
        const due = request.isOwner && decision.kind === 'rotate'
        expect(found).toEqual({ session: before, rotated: due })
        const after = due
          ? {
              ...{ ...before, ...advance, renewals: before.renewals + 1 },
              idleExpiresAt: Math.min(idleExpiresAt, before.expiresAt),
            }
          : before
        expect(await test.sessions.find(id)).toEqual(after)
        if (decision.kind === 'rotate') expect(to).toEqual(decision.to)
        outcomes[due ? 'rotated' : 'left']++
      }),
      { numRuns: 800 },
    )
    expect(outcomes.rotated).toBeGreaterThan(50)
    expect(outcomes.left).toBeGreaterThan(100)
  })
}
