import { expect, it } from 'vitest'
import { sessionEndWords } from './session-end-words'

const signedIn = { status: 'signed-in', reason: null } as const

it('nothing is said while no end is known', () => {
  expect(sessionEndWords(null, signedIn)).toBeNull()
  expect(sessionEndWords(null, { status: 'unknown', reason: null })).toBeNull()
})

it.each([
  ['signed_out', /^You are signed out: You signed out in another tab/],
  ['revoked', /^This session has ended: You signed out from another device/],
  ['reused', /^This session has ended: A copy of it was used/],
  ['expired', /^This session has ended: You were away too long/],
  ['unknown', /^You are signed out: This browser has no session/],
  [null, /^You are signed out: This browser has no session/],
] as const)('an end that only the client knows has its own reason: %s', (reason, said) => {
  const words = sessionEndWords(null, { status: 'signed-out', reason })
  expect(`${words?.title}: ${words?.text}`).toMatch(said)
})

it('the news of the server count before what the client knows', () => {
  const words = sessionEndWords('reused', { status: 'signed-out', reason: 'unknown' })
  expect(words).toEqual(sessionEndWords('reused', signedIn))
  expect(words?.text).toMatch(/^A copy/)
})
