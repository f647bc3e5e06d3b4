import { DrizzleQueryError } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { SessionError } from '@/session/errors'
import { describeError } from './error-description'

it('describes what failed, why and where, without the parameters', () => {
  const cause = Object.assign(new Error('connection terminated'), { code: 'ECONNRESET' })
  const wrapped = new DrizzleQueryError('update users set hash = $1', ['$argon2id$secret'], cause)
  const description = describeError(wrapped)
  expect(description).toEqual({
    type: 'Error',
    message: 'Failed query: update users set hash = $1: connection terminated',
    stack: expect.stringMatching(/^ {4}at .*error-description\.test\.ts/),
  })
  expect(
    JSON.stringify(describeError(new SessionError('unavailable', { cause: wrapped }))),
  ).not.toContain('secret')
  expect(describeError(cause)).toMatchObject({
    message: 'connection terminated',
    code: 'ECONNRESET',
  })
})

it('does not repeat a cause that the message already contains', () => {
  const cause = new Error('unable to open database file')
  const { message } = describeError(new Error(`cannot open x.db: ${cause.message}`, { cause }))
  expect(message).toBe('cannot open x.db: unable to open database file')
})

it('describes nothing of a thrown value that is not an Error', () => {
  expect(describeError('a password')).toEqual({ type: 'string', message: 'not an Error' })
})
