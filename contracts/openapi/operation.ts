import type { z } from 'zod'
import type { ContractName } from '../contract'

/** How a request says who asks. `nobody` among others: it is answered without any, too. */
export type Credential =
  | 'accessCookie'
  | 'accessBearer'
  | 'refreshCookie'
  | 'refreshBearer'
  | 'keptCookie'
  | 'clientBasic'
  | 'cronBearer'
  | 'metricsBearer'
  | 'nobody'

/** The headers of an answer that mean something to its reader. */
export type HeaderName =
  | 'Allow'
  | 'Cache-Control'
  | 'ETag'
  | 'Location'
  | 'Retry-After'
  | 'Set-Cookie'
  | 'WWW-Authenticate'

/** One call that can be made of this server: its wire format, as the description has it and the tests hold it to. */
export interface Operation {
  /** The operationId: no two have the same. */
  readonly id: string
  readonly method: 'get' | 'post' | 'delete'
  /** With its parameters in braces: `/api/sessions/{id}`. */
  readonly path: string
  /** Described where this contract is served; `null` always. */
  readonly contract: ContractName | null
  /** What it is shown among. */
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly parameters?: readonly Parameter[]
  readonly body?: RequestBody
  /** Alternatives. Empty: it asks for none. */
  readonly security: readonly Credential[]
  readonly answers: ResponseSpecs
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly name: string
  readonly required: boolean
  readonly description: string
  readonly schema: z.ZodType
}

export interface RequestBody {
  readonly required: boolean
  /** The schema that parses the body, by media type. */
  readonly content: Readonly<Record<string, z.ZodType>>
}

/** Every answer that there can be, by its status. */
export type ResponseSpecs = Readonly<Record<number, ResponseSpec>>

export interface ResponseSpec {
  readonly description: string
  /** `application/json` where nothing else is said and there is something to answer. */
  readonly mediaType?: string
  readonly body?: z.ZodType
  /** To a form that a browser posted it is a page. */
  readonly isPageToForm?: boolean
  /** It is a failure in the one shape, with one of these codes; beside `body`, it is either. */
  readonly errors?: readonly string[]
  /** The headers that it always bears. */
  readonly headers?: readonly HeaderName[]
  /** Those that it bears where its description says so. */
  readonly mayBear?: readonly HeaderName[]
}
