import type { IncomingMessage, ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { refreshAhead } from './refresh-ahead'

// That refreshes are answered ahead of Next.js is seen in their traces: e2e/specs/server/tracing.spec.ts.

it.each([
  ['POST', '/api/auth/refresh/'],
  ['POST', '//api/auth/refresh'],
  ['POST', '/api/auth/refreshed'],
  ['POST', '/api/auth/login'],
  ['PROPFIND', '/api/auth/refresh'],
  ['GET', '/api/auth/refresh'],
  ['GET', '/'],
  ['GET', '/constructor'],
])('%s %s is left to Next.js', (method, url) => {
  const request = { method, url } as IncomingMessage
  expect(refreshAhead(request, {} as ServerResponse)).toBe(false)
})
