import type { z } from 'zod'
import type { ResponseSpecs } from './operation'

const AGAIN = { headers: ['Retry-After'] } as const

/** What any route may answer when it fails by itself, in a contract's own shape. */
export function outages(body: z.ZodType) {
  return {
    500: { description: 'A bug of ours.', body, ...AGAIN },
    503: { description: 'Temporarily unavailable; nothing was changed.', body, ...AGAIN },
  } satisfies ResponseSpecs
}

/** The same, and what any caller may be told who should wait, or go away. */
export function ownFailures(body: z.ZodType) {
  return {
    403: { description: 'Another site sent this request.', body },
    429: { description: 'Too many attempts. Tokens are kept.', body, ...AGAIN },
    ...outages(body),
  } satisfies ResponseSpecs
}

/** What becomes of a body that cannot be read or does not fit, in a contract's own shape. */
export function unreadable(body: z.ZodType) {
  return {
    400: { description: 'The body is not what it says it is, or its fields do not fit.', body },
    413: { description: 'The body has more than 16 KiB.', body },
    415: { description: 'The body is of another kind.', body },
  } satisfies ResponseSpecs
}
