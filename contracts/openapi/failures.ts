import { z } from 'zod'
import { SIGN_IN_REASONS } from '@/http/address/return-path'
import type { ErrorCode } from '@/http/wire'
import type { ResponseSpec, ResponseSpecs } from './operation'

/** The canonical error format, which every failure has unless a contract defines its own. */
export const failureBody = z
  .strictObject({
    error: z.strictObject({
      code: z.string().meta({ description: 'For programs.' }),
      message: z.string().meta({ description: 'For people. Never repeats what was sent.' }),
      status: z.int().min(400).max(599),
      reason: z
        .enum(SIGN_IN_REASONS)
        .optional()
        .meta({ description: 'Why the session ended, if there was one.' }),
    }),
  })
  .meta({ description: 'What went wrong.' })

/** The server errors that any route may respond with. Cookies are kept, and the request can be repeated. */
export const SERVER_FAILURES: ResponseSpecs = {
  500: {
    description: 'Internal error.',
    errors: ['INTERNAL_ERROR'],
    headers: ['Retry-After'],
  },
  503: {
    description: 'Temporarily unavailable; nothing was changed.',
    errors: ['UNAVAILABLE'],
    headers: ['Retry-After'],
  },
}

/** Too many attempts; `Retry-After` says how long to wait. */
export const RATE_LIMITED: ResponseSpec = {
  description: 'Too many attempts. Cookies are kept.',
  errors: ['RATE_LIMITED'],
  headers: ['Retry-After'],
}

/** A 403: another site sent the request, or one of the other codes applies, which `description` explains. */
export function forbidden(description = '', ...codes: ErrorCode[]): ResponseSpec {
  return {
    description: `Another site sent this request. ${description}`.trim(),
    errors: ['CROSS_SITE_REQUEST', ...codes],
  }
}

/** The responses of the gate or of a protected route to a request without a live session. */
export const NOT_SIGNED_IN: ResponseSpecs = {
  307: {
    description:
      'The refresh token in this cookie jar has been replaced: repeat the request with the cookies that the jar holds by now.',
    headers: ['Location', 'Set-Cookie'],
  },
  401: {
    description: 'There is no live session.',
    errors: ['MISSING_ACCESS_TOKEN', 'INVALID_ACCESS_TOKEN'],
    headers: ['WWW-Authenticate'],
  },
}
