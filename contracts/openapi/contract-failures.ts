import type { z } from 'zod'
import type { ResponseSpecs } from './operation'

const RETRY = { headers: ['Retry-After'] } as const

/** The server errors that any route may respond with, in a contract's own error format. */
export function outages(body: z.ZodType) {
  return {
    500: { description: 'Internal error.', body, ...RETRY },
    503: { description: 'Temporarily unavailable; nothing was changed.', body, ...RETRY },
  } satisfies ResponseSpecs
}

/** Server errors, and the refusals of cross-site and rate-limited requests, in a contract's own error format. */
export function commonFailures(body: z.ZodType) {
  return {
    403: { description: 'Another site sent this request.', body },
    429: { description: 'Too many attempts. Tokens are kept.', body, ...RETRY },
    ...outages(body),
  } satisfies ResponseSpecs
}

/** The refusals of an invalid request body, in a contract's own error format. */
export function unreadableBody(body: z.ZodType) {
  return {
    400: {
      description: 'The body does not match its media type, or its fields are invalid.',
      body,
    },
    413: { description: 'The body is larger than 16 KiB.', body },
    415: { description: 'The media type of the body is not supported.', body },
  } satisfies ResponseSpecs
}
