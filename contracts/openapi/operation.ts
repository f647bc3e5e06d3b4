import type { z } from 'zod'
import type { ErrorCode } from '@/http/wire'
import type { ContractName } from '../contract'

/** A credential that an operation accepts. `none` beside others means that credentials are optional. */
export type Credential =
  | 'accessCookie'
  | 'accessBearer'
  | 'refreshCookie'
  | 'refreshBearer'
  | 'keptCookie'
  | 'clientBasic'
  | 'cronBearer'
  | 'metricsBearer'
  | 'none'

/** The response headers that the description documents. */
export type HeaderName =
  | 'Allow'
  | 'Cache-Control'
  | 'ETag'
  | 'Location'
  | 'Retry-After'
  | 'Set-Cookie'
  | 'WWW-Authenticate'

/** One operation of the API. The OpenAPI document is generated from it, and the tests check each response against it. */
export interface Operation {
  /** The unique `operationId`. */
  readonly id: string
  readonly method: 'get' | 'post' | 'delete'
  /** With its parameters in braces: `/api/sessions/{id}`. */
  readonly path: string
  /** The contract that serves it. The document lists it only while this contract is on; `null` means always. */
  readonly contract: ContractName | null
  /** The group in which it is shown. */
  readonly tag: string
  readonly summary: string
  readonly description?: string
  readonly parameters?: readonly Parameter[]
  readonly body?: RequestBody
  /** The accepted credentials, as alternatives. Empty if the operation needs none. */
  readonly security: readonly Credential[]
  readonly responses: ResponseSpecs
}

/** A parameter of an operation, in OpenAPI's terms. */
export interface Parameter {
  readonly in: 'path' | 'query' | 'header' | 'cookie'
  readonly name: string
  readonly required: boolean
  readonly description: string
  readonly schema: z.ZodType
}

/** A request body of an operation. */
export interface RequestBody {
  readonly required: boolean
  /** The schema that parses the body, by media type. */
  readonly content: Readonly<Record<string, z.ZodType>>
}

/** Every possible response, by its status. */
export type ResponseSpecs = Readonly<Record<number, ResponseSpec>>

/** A possible response of an operation. */
export interface ResponseSpec {
  readonly description: string
  /** Defaults to `application/json`. */
  readonly mediaType?: string
  readonly body?: z.ZodType
  /** True if the response to a form that a browser posted is a page. */
  readonly isPageForForm?: boolean
  /** The codes of a failure in the canonical error format. With `body`, the response is either. */
  readonly errors?: readonly ErrorCode[]
  /** The headers that are always present. */
  readonly headers?: readonly HeaderName[]
  /** The headers that are present if the description says so. */
  readonly optionalHeaders?: readonly HeaderName[]
}
