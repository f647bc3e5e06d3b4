import 'server-only'
import { unstable_rethrow } from 'next/navigation'
import { z } from 'zod'
import { toHttpError } from './http-error'

/** The text fields of the form that a server action was called with. Anybody can call one with anything. */
export function formOf<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .instanceof(FormData, { error: 'must be a form' })
    .transform((form): Record<string, unknown> => Object.fromEntries(form))
    .pipe(z.object(shape))
}

/** What to tell a person of an action that failed; a redirect is none and goes its way. */
export function failureMessage(error: unknown): string {
  unstable_rethrow(error)
  return `${toHttpError(error).message}.`
}
