import type { z } from 'zod'
import type { RequestBody, ResponseSpecs } from './operation'

/** A request body that may be JSON or an HTML form. */
export function jsonOrForm(schema: z.ZodType): RequestBody {
  return {
    required: true,
    content: { 'application/json': schema, 'application/x-www-form-urlencoded': schema },
  }
}

/** The refusals of an invalid request body. */
export const UNREADABLE_BODY: ResponseSpecs = {
  400: {
    description: 'The body does not match its media type, or its fields are invalid.',
    errors: ['INVALID_BODY', 'MALFORMED_BODY', 'MALFORMED_JSON'],
  },
  413: { description: 'The body is larger than 16 KiB.', errors: ['BODY_TOO_LARGE'] },
  415: {
    description: 'The body is neither JSON nor a form.',
    errors: ['UNSUPPORTED_MEDIA_TYPE'],
  },
}
