import { expect, it } from 'vitest'
import { requestIdOf } from './request-id'

const idOf = (given: string | null) => requestIdOf({ get: () => given })

it.each(['a1b2c3d4', '7b1f0c2e-6d0a-4a5e-9a55-3f1f4b9d8c21', 'Root_1.67891233', 'x'.repeat(128)])(
  'keeps a well-formed id: %s',
  (id) => expect(idOf(id)).toBe(id),
)

it.each([
  ['none', null],
  ['an empty one', ''],
  ['a short one', 'a1b2c3d'],
  ['a long one', 'x'.repeat(129)],
  ['a line break', 'a1b2c3d4\n{"level":"fatal"}'],
  ['a quote', 'a1b2c3d4"'],
  ['two in one header', 'a1b2c3d4, a1b2c3d5'],
  ['markup', '<script>alert(1)</script>'],
  ['a letter of another alphabet', 'a1b2c3d4ё'],
  ['the head of a JWT', 'eyJhbGciOiJIUzI1NiIsInR5cCI6InJ0K2p3dCJ9'],
])('makes a new one for %s', (_, id) => {
  expect(idOf(id)).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/)
  expect(idOf(id)).not.toBe(idOf(id))
})
