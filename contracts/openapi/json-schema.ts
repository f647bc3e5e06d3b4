import { z } from 'zod'

/** A JSON Schema document. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Converts a zod schema to JSON Schema (draft 2020-12): of its input for a request, of its output for a response. */
export function jsonSchema(schema: z.ZodType, side: 'request' | 'response'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: side === 'request' ? 'input' : 'output',
    override: ({ jsonSchema }) => {
      // Redundant: `integer` and `date-time` already imply these limits.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
    },
  })
  return rest
}
