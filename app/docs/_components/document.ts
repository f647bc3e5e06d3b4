import type { OpenApi } from '@/contracts/openapi/openapi'

/** The part of a JSON Schema that the page shows. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly enum?: readonly string[]
  readonly const?: unknown
  readonly format?: string
  readonly minimum?: number
}

/** A parameter of an operation. */
export interface Parameter {
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly name: string
  readonly required: boolean
  readonly description: string
  readonly schema: Schema
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>

/** A possible response of an operation. */
export interface ResponseEntry {
  readonly status: string
  readonly description: string
  readonly headers: readonly string[]
  readonly content: Content
}

/** An operation of the document, ready to be shown. */
export interface Entry {
  readonly id: string
  readonly tag: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly description: string | null
  readonly parameters: readonly Parameter[]
  readonly body: Content | null
  /** The names of the security schemes, as alternatives; `none` where credentials are optional. */
  readonly security: readonly string[]
  readonly responses: readonly ResponseEntry[]
}

interface Operation extends Omit<Entry, 'id' | 'tag' | 'method' | 'path' | 'body'> {
  readonly operationId: string
  readonly tags: readonly [string]
}
interface Described {
  readonly description: string
  readonly headers?: Readonly<Record<string, unknown>>
  readonly content?: Content
}

/** The operations of an OpenAPI document, by tag, in the document's order. */
export function entriesByTag({ paths }: OpenApi): Map<string, Entry[]> {
  const byTag = new Map<string, Entry[]>()
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, described] of Object.entries(methods)) {
      const entry = entryOf(path, method, described)
      byTag.set(entry.tag, [...(byTag.get(entry.tag) ?? []), entry])
    }
  }
  return byTag
}

function entryOf(path: string, method: string, described: object): Entry {
  const operation = described as unknown as Operation & {
    readonly requestBody?: { readonly content: Content }
    readonly security: readonly Readonly<Record<string, unknown>>[]
    readonly responses: Readonly<Record<string, Described>>
  }
  const { operationId, tags, summary, description, parameters, requestBody } = operation
  return {
    id: operationId,
    tag: tags[0],
    method: method.toUpperCase(),
    path,
    summary,
    description: description ?? null,
    parameters: parameters ?? [],
    body: requestBody?.content ?? null,
    security: operation.security.map((scheme) => Object.keys(scheme)[0] ?? 'none'),
    responses: Object.entries(operation.responses).map(([status, response]) => ({
      status,
      description: response.description,
      headers: Object.keys(response.headers ?? {}),
      content: response.content ?? {},
    })),
  }
}

/** The codes of a failure in the canonical error format; none for any other schema. */
export function codesOf({ allOf = [], anyOf = [] }: Schema): readonly string[] {
  const own = allOf.flatMap(({ properties }) => properties?.error?.properties?.code?.enum ?? [])
  return [...own, ...anyOf.flatMap(codesOf)]
}
