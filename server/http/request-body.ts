import 'server-only'
import type { z } from 'zod'
import { HttpError } from './http-error'

const MAX_BODY_BYTES = 16 * 1024
const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'
type MediaType = typeof JSON_TYPE | typeof FORM_TYPE

/** True if an HTML form sent the request, so that the response has to be a page. */
export function isForm(request: Request): boolean {
  return mediaType(request) === FORM_TYPE
}

/**
 * Reads the body of a request, at most `maxBytes` (16 KiB), and parses it by a schema. `mediaTypes` are the types that the route
 * accepts.
 * @throws HttpError 413 BODY_TOO_LARGE, 415 UNSUPPORTED_MEDIA_TYPE, or 400 MALFORMED_BODY (not UTF-8), MALFORMED_JSON or
 *   INVALID_BODY (refused by the schema).
 */
export async function readBody<T>(
  request: Request,
  schema: z.ZodType<T>,
  mediaTypes: readonly MediaType[] = [JSON_TYPE, FORM_TYPE],
  maxBytes = MAX_BODY_BYTES,
): Promise<T> {
  const type = mediaTypes.find((known) => known === mediaType(request))
  if (type === undefined) throw unsupported(mediaTypes)
  const text = decode(await readBytes(request, maxBytes))
  if (type === JSON_TYPE) return parse(schema, parseJson(text))
  const fields = parseForm(text)
  forms.set(request, fields)
  return parse(schema, fields)
}

const forms = new WeakMap<Request, Readonly<Record<string, string>>>()

/** A field of the form that `readBody` read from this request, even if the schema refused it; null if there is none. */
export function formField(request: Request, name: string): string | null {
  return forms.get(request)?.[name] ?? null
}

/**
 * Like `readBody`, but the body may be missing: the schema then parses an empty object.
 * @throws HttpError as `readBody` does.
 */
export async function readOptionalBody<T>(
  request: Request,
  schema: z.ZodType<T>,
  mediaTypes: readonly MediaType[],
): Promise<T> {
  const type = mediaTypes.find((known) => known === mediaType(request))
  const text = decode(await readBytes(request, MAX_BODY_BYTES))
  if (text.trim() === '') return parse(schema, {})
  if (type === undefined) throw unsupported(mediaTypes)
  return parse(schema, type === JSON_TYPE ? parseJson(text) : parseForm(text))
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const complaints = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  )
  const field = parsed.error.issues[0]?.path[0]
  throw new HttpError(400, 'INVALID_BODY', complaints.join('; '), {}, { field: field?.toString() })
}

function unsupported(mediaTypes: readonly MediaType[]): HttpError {
  return new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', `Send ${mediaTypes.join(' or ')}`)
}

function mediaType(request: Request): string {
  return (request.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

const bodies = new WeakMap<Request, Uint8Array>()

/** Gives a request the body that the server has read for it, so that none is read from a stream, which takes far longer. */
export function giveBody(request: Request, body: Uint8Array): void {
  bodies.set(request, body)
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  const buffered = bodies.get(request)
  if (buffered) {
    if (buffered.byteLength > maxBytes) throw tooLarge(maxBytes)
    return buffered
  }
  const bytes = new Uint8Array(maxBytes)
  let length = 0
  const reader = request.body?.getReader()
  for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
    const { value } = chunk
    if (length + value.byteLength > maxBytes) {
      await reader?.cancel()
      throw tooLarge(maxBytes)
    }
    bytes.set(value, length)
    length += value.byteLength
  }
  return bytes.subarray(0, length)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new HttpError(400, 'MALFORMED_BODY', 'The body is not valid UTF-8')
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new HttpError(400, 'MALFORMED_JSON', 'The body is not valid JSON')
  }
}

function parseForm(text: string): Record<string, string> {
  const fields: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in fields) throw new HttpError(400, 'INVALID_BODY', `${name}: was sent twice`)
    fields[name] = value
  }
  return { ...fields }
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, 'BODY_TOO_LARGE', `A body has at most ${maxBytes} bytes`)
}
