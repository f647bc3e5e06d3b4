import 'server-only'
import { z } from 'zod'

/** The text fields of the form that a server action was called with. Anybody can call one with anything. */
export function formOf<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .instanceof(FormData, { error: 'must be a form' })
    .transform((form): Record<string, unknown> => Object.fromEntries(form))
    .pipe(z.object(shape))
}
