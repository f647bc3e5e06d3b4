import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { errorBody } from '@/http/response/error-body'
import { SessionError, type SessionErrorCode } from '@/session/errors'
import { captureLog } from '@/testing/server/captured-log'
import {
  accessRefusal,
  HttpError,
  reasonOf,
  refreshRefusal,
  toHttpError,
  tooManyRequests,
  unavailable,
} from './http-error'

const INVALID = 'INVALID_REFRESH_TOKEN'
type Row = [SessionErrorCode, number, string, string | null]

const REFRESH: Row[] = [
  ['missing_refresh_token', 400, 'MISSING_REFRESH_TOKEN', null],
  ['invalid_refresh_token', 401, INVALID, 'unknown'],
  ['refresh_token_expired', 401, INVALID, 'expired'],
  ['refresh_token_replaced', 401, INVALID, 'revoked'],
  ['token_of_another_client', 401, INVALID, 'revoked'],
  ['refresh_token_reused', 401, INVALID, 'reused'],
  ['session_unknown', 401, INVALID, 'unknown'],
  ['session_expired', 401, INVALID, 'expired'],
  ['session_revoked', 401, INVALID, 'revoked'],
  ['session_signed_out', 401, INVALID, 'signed_out'],
  ['stale_refresh_token', 409, 'STALE_REFRESH_TOKEN', null],
  ['unavailable', 503, 'UNAVAILABLE', null],
]

let log: ReturnType<typeof captureLog>
beforeEach(() => {
  log = captureLog()
})
afterEach(() => log.stop())

describe('a refused refresh', () => {
  it.each(REFRESH)(
    'F26 with %s becomes %d %s, with the reason %s',
    async (code, status, name, reason) => {
      const refused = refreshRefusal(new SessionError(code))
      const { error } = errorBody(refused)
      const words = status === 401 ? 'Refresh token expired or invalid' : expect.any(String)
      expect(error).toEqual({ code: name, message: words, status, ...(reason && { reason }) })
      expect(refused).toMatchObject({ status, refusal: code })
      if (reason !== null) expect(reasonOf(new SessionError(code))).toBe(reason)
    },
  )

  it('F10 during an outage has a Retry-After in whole seconds', () => {
    const answer = (retryAfterSeconds?: number) =>
      refreshRefusal(
        new SessionError(
          'unavailable',
          retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
        ),
      ).headers['Retry-After']
    expect(answer()).toBe('1')
    expect(answer(5)).toBe('5')
    expect(answer(0)).toBe('1')
    expect(answer(1.2)).toBe('2')
  })
})

describe('a protected resource', () => {
  it('challenges a request without a token, and names no error (RFC 6750 §3)', () => {
    const refused = accessRefusal(new SessionError('missing_access_token'))
    expect(refused).toMatchObject({ status: 401, code: 'MISSING_ACCESS_TOKEN' })
    expect(refused.headers).toEqual({ 'WWW-Authenticate': 'Bearer' })
  })

  it.each([
    'invalid_access_token',
    'access_token_expired',
    'session_unknown',
    'session_expired',
    'session_revoked',
    'session_signed_out',
    'refresh_token_reused',
  ] as const)('refuses %s as an invalid token', (code) => {
    const refused = accessRefusal(new SessionError(code))
    expect(refused).toMatchObject({ status: 401, code: 'INVALID_ACCESS_TOKEN' })
    expect(refused.headers).toEqual({ 'WWW-Authenticate': 'Bearer error="invalid_token"' })
    expect(refused.message).not.toMatch(/refresh/i)
  })

  it('F12 never reports an outage as a sign-out', () => {
    const error = new SessionError('unavailable')
    expect(accessRefusal(error)).toMatchObject({ status: 503, code: 'UNAVAILABLE' })
    expect(accessRefusal(error).headers).not.toHaveProperty('WWW-Authenticate')
    expect(reasonOf(error)).toBeNull()
    expect(reasonOf(new SessionError('missing_access_token'))).toBeNull()
  })
})

describe('any other failure', () => {
  it('becomes a 500 that hides the details from the client and logs them', async () => {
    for (const bug of [new TypeError('secret detail'), 'secret detail', null, { secret: 1 }]) {
      const error = toHttpError(bug)
      expect(error).toMatchObject({ status: 500, code: 'INTERNAL_ERROR' })
      expect(error.headers).toEqual({ 'Retry-After': '1' })
      expect(JSON.stringify(errorBody(error))).not.toContain('secret')
    }
    expect(log.lines()).toMatchObject([
      { event: 'unexpected_error', error: { message: 'secret detail', stack: expect.any(String) } },
      ...[0, 1, 2].map(() => ({ event: 'unexpected_error', error: { message: 'not an Error' } })),
    ])
  })

  it('is returned unchanged if it is an HttpError', () => {
    const error = new HttpError(404, 'NOT_FOUND', 'x')
    expect(toHttpError(error)).toBe(error)
  })

  it('is logged with its cause if it is of the database, and not at all if it is of a client', () => {
    toHttpError(new SessionError('unavailable', { cause: new Error('disk I/O error') }))
    toHttpError(new SessionError('invalid_refresh_token'))
    toHttpError(tooManyRequests(3))
    expect(log.lines()).toMatchObject([
      { event: 'unavailable', error: { type: 'Error', message: 'disk I/O error' } },
    ])
  })

  it('is recognized as an HttpError even if the class was loaded twice', async () => {
    vi.resetModules()
    const other = await import('./http-error')
    expect(other.HttpError).not.toBe(HttpError)
    expect(new other.HttpError(400, 'INVALID_BODY', 'x')).toBeInstanceOf(HttpError)
    expect(toHttpError(new other.HttpError(400, 'INVALID_BODY', 'x')).status).toBe(400)
  })

  it('F11 that is a limit has a Retry-After in whole seconds', () => {
    expect(tooManyRequests(0.2)).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
    expect(tooManyRequests(0.2).headers).toEqual({ 'Retry-After': '1' })
    expect(tooManyRequests(59.5).headers).toEqual({ 'Retry-After': '60' })
    expect(unavailable(1)).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } })
  })
})
