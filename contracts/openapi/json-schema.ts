import { z } from 'zod'

export type JsonSchema = Readonly<Record<string, unknown>>

/** A zod schema as JSON Schema (draft 2020-12): of what may be sent, or of what is answered. */
export function jsonSchema(schema: z.ZodType, side: 'sent' | 'answered'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: side === 'sent' ? 'input' : 'output',
    override: ({ jsonSchema }) => {
      // What every whole number in JavaScript, and every timestamp, is: said by the type and the format.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
    },
  })
  return rest
}
