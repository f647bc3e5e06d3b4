import type { z } from 'zod'
import type { RequestBody, ResponseSpecs } from './operation'

/** A body that is read as JSON and as an HTML form alike. */
export function bodyOf(schema: z.ZodType): RequestBody {
  return {
    required: true,
    content: { 'application/json': schema, 'application/x-www-form-urlencoded': schema },
  }
}

/** What becomes of a body that cannot be read or does not fit. */
export const UNREADABLE: ResponseSpecs = {
  400: {
    description: 'The body is not what it says it is, or its fields do not fit.',
    errors: ['INVALID_BODY', 'MALFORMED_BODY', 'MALFORMED_JSON'],
  },
  413: { description: 'The body has more than 16 KiB.', errors: ['BODY_TOO_LARGE'] },
  415: {
    description: 'The body is neither JSON nor a form.',
    errors: ['UNSUPPORTED_MEDIA_TYPE'],
  },
}
