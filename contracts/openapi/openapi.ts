import { FAILURE_REFERENCE, HEADERS, securitySchemes, sharedSchemas } from './components'
import { type JsonSchema, jsonSchema } from './json-schema'
import type { HeaderName, Operation, ResponseSpec } from './operation'

/** The server that the document describes. */
export interface ServerLocation {
  readonly origin: string
  /** True for an https origin, where the names of cookies have a prefix. */
  readonly secure: boolean
}

type Described = Readonly<Record<string, unknown>>

/** An OpenAPI 3.1 document, typed as far as this repository reads it. */
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
    'Login that never drops: access tokens of minutes, sessions of weeks. Every write from another site is refused with `CROSS_SITE_REQUEST`. A method that a path does not list is answered with 405 `METHOD_NOT_ALLOWED`, unless the request is refused earlier, such as for want of a session. On any path, a body that takes too long to arrive is answered with 408 `BODY_TOO_LATE`, and one that is too large with 413 `BODY_TOO_LARGE`.',
}

/**
 * Describes these operations, in the given order (OpenAPI 3.1.1).
 * @throws Error if two operations have the same method and path, or the same id.
 */
export function describeApi(
  operations: readonly Operation[],
  { origin, secure }: ServerLocation,
): OpenApi {
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
  const { id, tag, summary, description, parameters, body, security, responses } = operation
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description && { description }),
    ...(parameters && {
      parameters: parameters.map(({ schema, ...rest }) => ({
        ...rest,
        schema: jsonSchema(schema, 'request'),
      })),
    }),
    ...(body && {
      requestBody: {
        required: body.required,
        content: mapValues(body.content, (schema) => ({ schema: jsonSchema(schema, 'request') })),
      },
    }),
    security: security.map((name) => (name === 'none' ? {} : { [name]: [] })),
    responses: mapValues(responses, describeResponse),
  }
}

function describeResponse(response: ResponseSpec, status: string): Described {
  const {
    description,
    mediaType = 'application/json',
    headers = [],
    optionalHeaders = [],
    isPageForForm,
  } = response
  const schemas = [
    ...(response.body ? [jsonSchema(response.body, 'response')] : []),
    ...(response.errors ? [failure(Number(status), response.errors)] : []),
  ]
  const describeHeader = (required: boolean) => (name: HeaderName) =>
    [name, { description: HEADERS[name], required, schema: { type: 'string' } }] as const
  const allHeaders = [
    ...headers.map(describeHeader(true)),
    ...optionalHeaders.map(describeHeader(false)),
  ]
  return {
    description,
    ...(allHeaders.length > 0 && { headers: Object.fromEntries(allHeaders) }),
    ...(schemas.length > 0 && {
      content: {
        [mediaType]: { schema: schemas.length === 1 ? schemas[0] : { anyOf: schemas } },
        ...(isPageForForm && { 'text/html': { schema: { type: 'string' } } }),
      },
    }),
  }
}

/** The canonical error format, limited to this status and these codes. */
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
