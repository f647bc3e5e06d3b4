import { DrizzleQueryError } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { SessionError } from '@/session/errors'
import { describeError } from './error-description'

it('tells what failed, why and where, and not what it was about', () => {
  const cause = Object.assign(new Error('connection terminated'), { code: 'ECONNRESET' })
  const wrapped = new DrizzleQueryError('update users set hash = $1', ['$argon2id$secret'], cause)
  const told = describeError(wrapped)
  expect(told).toEqual({
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

it('tells what an error was caused by once, where its own message has it already', () => {
  const cause = new Error('unable to open database file')
  const { message } = describeError(new Error(`cannot open x.db: ${cause.message}`, { cause }))
  expect(message).toBe('cannot open x.db: unable to open database file')
})

it('tells nothing of what is thrown and is no error', () => {
  expect(describeError('a password')).toEqual({ type: 'string', message: 'not an Error' })
})
