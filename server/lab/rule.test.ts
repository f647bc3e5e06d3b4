import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Caller, decide } from '@/session/rotation'
import type { Position, RotationState } from '@/session/session'
import { RULES, ruleOf } from './rule'

const GRACE = 30_000
const HOUR = 3_600_000
const row: RotationState = {
  generation: 2,
  branch: 0,
  parentBranch: 0,
  issuedAt: 0,
  idleExpiresAt: 1e9,
  expiresAt: 1e9,
  endedReason: null,
  userDisabled: false,
}
const jar = { accessOnly: false, jar: true, challenge: null }
const program = { accessOnly: false, jar: false, challenge: null }
const proof = { generation: 2, branch: 0, issuedAt: HOUR, ordinal: 1 }
const accessOnly = { ...program, accessOnly: true, jar: true }
const at = (generation: number, branch = 0): Position => ({ generation, branch })

it.each<[RotationState, Position, number, Caller, string]>([
  [row, at(2), GRACE, jar, RULES.currentYoung],
  [row, at(2), HOUR, jar, RULES.currentOld],
  [row, at(1), GRACE, jar, RULES.parentInGrace],
  [row, at(1), HOUR, jar, RULES.unproved],
  [row, at(0), HOUR, jar, RULES.unproved],
  [row, at(1), HOUR, program, RULES.parentProved],
  [{ ...row, branch: 1000 }, at(1), HOUR / 2, program, RULES.parentAgain],
  [{ ...row, branch: 2 * HOUR + 1 }, at(1), HOUR, program, RULES.parentLast],
  [row, at(0), HOUR, program, RULES.copy],
  [row, at(3), HOUR, jar, RULES.ahead],
  [row, at(3), HOUR, accessOnly, RULES.ahead],
  [{ ...row, branch: 1 }, at(2, 2), HOUR, accessOnly, RULES.ahead],
  [row, at(2), HOUR, accessOnly, RULES.currentYoung],
  [row, at(1), HOUR, { ...accessOnly, challenge: proof }, RULES.parentProved],
  [
    { ...row, branch: 1000 },
    at(1),
    HOUR / 2,
    { ...accessOnly, challenge: { ...proof, branch: 1000, issuedAt: HOUR / 2 } },
    RULES.parentAgain,
  ],
])('the rule of %# is the row of the table that decided', (state, presented, now, caller, rule) => {
  const decision = decide(state, presented, now, caller, GRACE)
  expect(ruleOf(decision, state, presented, now, GRACE)).toBe(rule)
})

describe('the words', () => {
  const page = readFileSync('docs/decisions/0001-rotation.md', 'utf8').replaceAll('*', '')
  it.each(Object.values(RULES))('stand in the decision record: %s', (rule) => {
    for (const part of rule.split(': ')) expect(page).toContain(part)
  })
})
