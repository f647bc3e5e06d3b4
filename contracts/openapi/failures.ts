import { z } from 'zod'
import { SIGN_IN_REASONS } from '@/http/address/return-path'
import type { ResponseSpec, ResponseSpecs } from './operation'

/** The one shape that failures have, but for contracts that bring their own. */
export const failureBody = z
  .strictObject({
    error: z.strictObject({
      code: z.string().meta({ description: 'For programs.' }),
      message: z.string().meta({ description: 'For people. Never contains what was sent.' }),
      status: z.int().min(400).max(599),
      reason: z
        .enum(SIGN_IN_REASONS)
        .optional()
        .meta({ description: 'Why the session is over, where there was one.' }),
    }),
  })
  .meta({ description: 'What went wrong.' })

/** What any route may answer when it fails by itself: cookies are kept, and trying again makes sense. */
export const OUR_FAILURES: ResponseSpecs = {
  500: {
    description: 'A bug of ours.',
    errors: ['INTERNAL_ERROR'],
    headers: ['Retry-After'],
  },
  503: {
    description: 'Temporarily unavailable; nothing was changed.',
    errors: ['UNAVAILABLE'],
    headers: ['Retry-After'],
  },
}

/** Too many attempts, and for how long. */
export const TOO_MANY: ResponseSpec = {
  description: 'Too many attempts. Cookies are kept.',
  errors: ['RATE_LIMITED'],
  headers: ['Retry-After'],
}

/** A write that is refused: another site sent it, or for one of the other codes. */
export function forbidden(description = '', ...codes: string[]): ResponseSpec {
  return {
    description: `Another site sent this request. ${description}`.trim(),
    errors: ['CROSS_SITE_REQUEST', ...codes],
  }
}

/** What a request for somebody's own may get in place of an answer, from the gate or from the route. */
export const NOT_SIGNED_IN: ResponseSpecs = {
  307: {
    description:
      'The refresh token in this cookie jar has a successor: ask again with what the jar holds by now.',
    headers: ['Location', 'Set-Cookie'],
  },
  401: {
    description: 'There is no live session.',
    errors: ['MISSING_ACCESS_TOKEN', 'INVALID_ACCESS_TOKEN'],
    headers: ['WWW-Authenticate'],
  },
}
