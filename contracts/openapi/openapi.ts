import { FAILURE_REFERENCE, HEADERS, securitySchemes, sharedSchemas } from './components'
import { type JsonSchema, jsonSchema } from './json-schema'
import type { HeaderName, Operation, ResponseSpec } from './operation'

/** Where the described server is. */
export interface Place {
  readonly origin: string
  /** Whether that is https: then cookies bear a prefix. */
  readonly secure: boolean
}

type Described = Readonly<Record<string, unknown>>

/** An OpenAPI 3.1 document, as far as its readers here go into it. */
export interface OpenApi {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>
  readonly components: {
    readonly schemas: Described
    readonly securitySchemes: Described
  }
}

const INFO = {
  title: 'Rekindle',
  version: '1',
  description:
    'Login that never drops: access tokens of minutes, sessions of weeks. Every write from another site is refused; on a described path, a method that is not described is answered 405.',
}

/**
 * The description of these operations (OpenAPI 3.1.1), in the order in which they are given.
 * @throws Error where two are the same call, or bear the same name.
 */
export function describeApi(operations: readonly Operation[], { origin, secure }: Place): OpenApi {
  const ids = new Set<string>()
  const paths: Record<string, Record<string, Described>> = {}
  for (const operation of operations) {
    const { id, method, path } = operation
    const methods = paths[path] ?? {}
    paths[path] = methods
    if (ids.has(id) || methods[method]) throw new Error(`Described twice: ${id}, ${method} ${path}`)
    ids.add(id)
    methods[method] = describeOperation(operation)
  }
  const credentials = new Set<string>(operations.flatMap(({ security }) => security))
  const used = Object.entries(securitySchemes(secure)).filter(([name]) => credentials.has(name))
  return {
    openapi: '3.1.1',
    info: INFO,
    servers: [{ url: origin }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas: sharedSchemas(), securitySchemes: Object.fromEntries(used) },
  }
}

function describeOperation(operation: Operation): Described {
  const { id, tag, summary, description, parameters, body, security, answers } = operation
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(parameters && {
      parameters: parameters.map(({ schema, ...rest }) => ({
        ...rest,
        schema: jsonSchema(schema, 'sent'),
      })),
    }),
    ...(body && {
      requestBody: {
        required: body.required,
        content: mapValues(body.content, (schema) => ({ schema: jsonSchema(schema, 'sent') })),
      },
    }),
    security: security.map((name) => (name === 'nobody' ? {} : { [name]: [] })),
    responses: mapValues(answers, describeAnswer),
  }
}

function describeAnswer(answer: ResponseSpec, status: string): Described {
  const {
    description,
    mediaType = 'application/json',
    headers = [],
    mayBear = [],
    isPageToForm,
  } = answer
  const schemas = [
    ...(answer.body ? [jsonSchema(answer.body, 'answered')] : []),
    ...(answer.errors ? [failure(Number(status), answer.errors)] : []),
  ]
  const described = (required: boolean) => (name: HeaderName) =>
    [name, { description: HEADERS[name], required, schema: { type: 'string' } }] as const
  const borne = [...headers.map(described(true)), ...mayBear.map(described(false))]
  return {
    description,
    ...(borne.length > 0 && { headers: Object.fromEntries(borne) }),
    ...(schemas.length > 0 && {
      content: {
        [mediaType]: { schema: schemas.length === 1 ? schemas[0] : { anyOf: schemas } },
        ...(isPageToForm && { 'text/html': { schema: { type: 'string' } } }),
      },
    }),
  }
}

/** The one shape, narrowed to what this status says. */
function failure(status: number, codes: readonly string[]): JsonSchema {
  const error = { properties: { code: { enum: codes }, status: { const: status } } }
  return { allOf: [FAILURE_REFERENCE, { properties: { error } }] }
}

function mapValues<T, R>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => R,
): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
