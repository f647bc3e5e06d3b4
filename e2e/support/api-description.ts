import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'

/** One HTTP response. */
export interface ApiAnswer {
  readonly method: string
  /** The path without its query. */
  readonly path: string
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

/** A server's API description, as a check of its responses. */
export interface Description {
  /** @throws Error with the difference if the description does not allow this response. */
  check(answered: ApiAnswer): void
  /** True if the description contains this path, given without its query. */
  describes(path: string): boolean
}

interface Response {
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>
  readonly content?: Readonly<Record<string, { readonly schema: object }>>
}

interface Operation {
  readonly responses: Readonly<Record<string, Response>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** Fetches a server's description and compiles it. @throws Error if the server has none. */
export async function openDescription(origin: string): Promise<Description> {
  const answer = await fetch(`${origin}/api/openapi.json`)
  if (!answer.ok) throw new Error(`There is no description at ${origin}: ${answer.status}`)
  return readDescription((await answer.json()) as Document)
}

function readDescription(document: Document): Description {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ ...document, $id: 'api' })
  const templates = Object.keys(document.paths).map((path) => ({ path, pattern: patternOf(path) }))

  function complaintAbout(answered: ApiAnswer): string | null {
    const { method, path, status, headers, body } = answered
    // A literal path wins over a template with parameters.
    const matching = templates.filter(({ pattern }) => pattern.test(path))
    const template = matching.find((one) => one.path === path) ?? matching[0]
    if (!template) return 'this path is not described'
    const methods = document.paths[template.path] ?? {}
    const name = (method === 'HEAD' ? 'get' : method).toLowerCase()
    const operation = methods[name]
    if (!operation) return complaintAboutOtherMethod(answered, methods)
    const response = operation.responses[status]
    if (!response) return 'this status is not described'

    const lacking = Object.entries(response.headers ?? {}).find(
      ([header, { required }]) => required && headers[header.toLowerCase()] === undefined,
    )
    if (lacking) return `it lacks the header ${lacking[0]}`
    if (method === 'HEAD') return null
    // The body of a redirect only repeats its target (RFC 9110 §15.4), so it is not described.
    if (status >= 300 && status < 400) return null
    if (!response.content) return body === '' ? null : 'it is described without a body'
    const type = mediaTypeOf(answered)
    if (!response.content[type]) return `${type || 'no content type'} is not described`
    const way = ['paths', template.path, name, 'responses', `${status}`, 'content', type, 'schema']
    const $ref = `api#${way.map((step) => `/${pointer(step)}`).join('')}`
    const validate = ajv.getSchema($ref) ?? ajv.compile({ $ref })
    const content = type.endsWith('json') ? parse(body) : body
    if (content === undefined) return 'its body is not JSON'
    return validate(content) ? null : ajv.errorsText(validate.errors)
  }

  return {
    describes: (path) => templates.some(({ pattern }) => pattern.test(path)),
    check(answered) {
      const complaint = complaintAbout(answered)
      if (complaint === null) return
      const { method, path, status, body } = answered
      throw new Error(`${method} ${path} answered ${status}: ${complaint}\n${body.slice(0, 300)}`)
    },
  }
}

/** Expects 405 with `Allow`, unless the request was refused before the server looked at its method. */
function complaintAboutOtherMethod(
  { method, status, headers }: ApiAnswer,
  methods: Readonly<Record<string, Operation>>,
): string | null {
  if (method !== 'OPTIONS' && status === 403) return null
  const isGated = Object.values(methods).some(({ responses }) => responses[307] !== undefined)
  if (isGated && [307, 401, 503].includes(status)) return null
  if (status !== (method === 'OPTIONS' ? 204 : 405)) return 'this method is not described'
  const allowed = `${headers.allow ?? ''}`.split(', ')
  const own = Object.keys(methods).map((name) => name.toUpperCase())
  return own.every((name) => allowed.includes(name)) ? null : `Allow does not name all of ${own}`
}

function patternOf(template: string): RegExp {
  const parts = template.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^/]+')}$`)
}

function mediaTypeOf({ headers }: ApiAnswer): string {
  return `${headers['content-type'] ?? ''}`.split(';', 1)[0]?.trim().toLowerCase() ?? ''
}

/** Escapes one step of a JSON pointer in a URI fragment (RFC 6901 §6). */
function pointer(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))
}

/** Returns undefined if the text is not JSON. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
