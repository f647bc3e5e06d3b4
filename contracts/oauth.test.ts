import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '@/http/wire'
import { failAsOAuth, serverMetadata } from './oauth'

const failure = (code: string, status = 400, message = 'x') =>
  failAsOAuth({ code: code as ErrorCode, status, message })

describe('an OAuth error', () => {
  it.each([
    ['INVALID_REFRESH_TOKEN', 401, 'invalid_grant', 400],
    ['MISSING_REFRESH_TOKEN', 400, 'invalid_request', 400],
    ['INVALID_BODY', 400, 'invalid_request', 400],
    ['UNSUPPORTED_MEDIA_TYPE', 415, 'invalid_request', 415],
    ['BODY_TOO_LARGE', 413, 'invalid_request', 413],
    ['UNSUPPORTED_GRANT_TYPE', 400, 'unsupported_grant_type', 400],
    ['INVALID_SCOPE', 400, 'invalid_scope', 400],
    ['INVALID_CLIENT', 401, 'invalid_client', 401],
    ['RATE_LIMITED', 429, 'temporarily_unavailable', 429],
    ['UNAVAILABLE', 503, 'temporarily_unavailable', 503],
    ['INTERNAL_ERROR', 500, 'server_error', 500],
    ['toString', 400, 'invalid_request', 400],
  ])('%s (%d) is %s (%d)', (code, given, error, status) => {
    const answer = failure(code, given)
    expect(answer).toMatchObject({ status, body: { error, error_description: 'x' } })
    expect(answer.headers).toMatchObject({ 'Cache-Control': 'no-store', Pragma: 'no-cache' })
    expect('WWW-Authenticate' in (answer.headers ?? {})).toBe(error === 'invalid_client')
  })

  it('describes itself in the characters that it may (RFC 6749 §5.2), whatever the message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (message) => {
        const { body } = failure('INVALID_BODY', 400, message)
        const { error_description: text } = body as { error_description: string }
        expect(text).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/)
      }),
    )
  })
})

it('the metadata names what there is, at the public origin', () => {
  const metadata = serverMetadata('https://issuer.example', 'https://app.example')
  expect(metadata.issuer).toBe('https://issuer.example')
  for (const [name, value] of Object.entries(metadata)) {
    if (/_(endpoint|uri)$/.test(name)) expect(value).toMatch(/^https:\/\/app\.example\//)
  }
})
