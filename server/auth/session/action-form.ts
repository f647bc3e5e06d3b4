import 'server-only'
import { z } from 'zod'

/** A schema for a server action's form. It refuses a value that is not a form, since a client can send any value. */
export function formSchema<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .instanceof(FormData, { error: 'must be a form' })
    .transform((form): Record<string, unknown> => Object.fromEntries(form))
    .pipe(z.object(shape))
}
