import { describe, expect, it } from 'vitest'
import { NO_PAGE_POLICY, pagePolicy, secureHeaders } from './security-headers'

function headersWhere(secure: boolean): Headers {
  const headers = new Headers()
  secureHeaders(headers, secure)
  return headers
}

describe('the headers of every response', () => {
  it('forbid sniffing and framing, and tell other sites nothing', () => {
    expect(Object.fromEntries(headersWhere(false))).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
  })

  it('require https for two years, on https only', () => {
    const header = 'Strict-Transport-Security'
    expect(headersWhere(false).has(header)).toBe(false)
    expect(headersWhere(true).get(header)).toMatch(/^max-age=63072000\b/)
  })
})

describe('the policy of a page', () => {
  const policy = (secure: boolean, development = false) =>
    new Map(
      pagePolicy('NONCE', { secure, development })
        .split('; ')
        .map((directive) => {
          const [name = '', ...values] = directive.split(' ')
          return [name, values.join(' ')]
        }),
    )

  it('runs scripts with the nonce and no others', () => {
    expect(policy(true).get('script-src')).toBe("'self' 'nonce-NONCE' 'strict-dynamic'")
    for (const secure of [true, false]) {
      const text = pagePolicy('NONCE', { secure, development: false })
      expect(text).not.toMatch(/unsafe|\*|https?:/)
    }
  })

  it('allows no plugin, no base, no foreign form and no frame', () => {
    const directives = policy(false)
    expect(directives.get('default-src')).toBe("'self'")
    expect(directives.get('object-src')).toBe("'none'")
    expect(directives.get('base-uri')).toBe("'none'")
    expect(directives.get('form-action')).toBe("'self'")
    expect(directives.get('frame-ancestors')).toBe("'none'")
    expect(directives.get('connect-src')).toBe("'self'")
  })

  it('upgrades requests on https only', () => {
    expect(policy(true).has('upgrade-insecure-requests')).toBe(true)
    expect(policy(false).has('upgrade-insecure-requests')).toBe(false)
  })

  it('is looser in development only, where the tools need eval and a socket', () => {
    expect(policy(false, true).get('script-src')).toContain("'unsafe-eval'")
    expect(policy(false, true).get('connect-src')).toContain('ws:')
    expect(policy(false, false).get('connect-src')).not.toContain('ws:')
  })

  it('allows a response that is not a page nothing at all', () => {
    expect(NO_PAGE_POLICY).toBe("default-src 'none'; frame-ancestors 'none'")
  })
})
