import { expect, it } from 'vitest'
import { createFloodGuard } from './flood-guard'

it('lets a number of lines of a kind through in a second, and tells how many it dropped', () => {
  const guard = createFloodGuard(2)
  const at = (now: number, kind = 'one') => guard(kind, now)
  expect([at(0), at(1), at(2), at(999)]).toEqual([0, 0, null, null])
  expect(at(999, 'another')).toBe(0)
  expect([at(1000), at(1001), at(1002)]).toEqual([2, 0, null])
})

it('goes on after the clock was set back', () => {
  const guard = createFloodGuard(1)
  expect([guard('one', 1_000_000), guard('one', 1_000_001)]).toEqual([0, null])
  expect(guard('one', 5)).toBe(1)
})
