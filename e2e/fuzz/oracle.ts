import type { Endpoint, ErrorFormat } from './endpoints'
import type { FuzzRequest } from './requests'
import type { WireAnswer } from './send'

const CODE = /^[A-Z][A-Z_]+$/

type Json = Record<string, unknown>

const SHAPES: Record<ErrorFormat, (body: Json, status: number) => boolean> = {
  canonical: ({ error, ...rest }, status) =>
    isObject(error) &&
    CODE.test(String(error.code)) &&
    isText(error.message) &&
    error.status === status &&
    hasOnly(error, ['code', 'message', 'status', 'reason']) &&
    hasOnly(rest, []),
  detail: (body) => isText(body.detail) && hasOnly(body, ['detail']),
  message: (body) => isText(body.message) && hasOnly(body, ['message']),
  error: (body) => /^[a-z_]+$/.test(String(body.error)) && hasOnly(body, ['error']),
  oauth: (body) =>
    /^[a-z_]+$/.test(String(body.error)) &&
    /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/.test(String(body.error_description)) &&
    hasOnly(body, ['error', 'error_description']),
}

/** What is wrong with the response to a request that must be refused or do no harm. Null if nothing is. */
export function complaintAbout(request: FuzzRequest, answer: WireAnswer): string | null {
  const { endpoint, method } = request
  const { status, headers, body } = answer
  if (status >= 500) return `answered ${status}`
  if (/eyJ/.test(body + String(headers['set-cookie']))) return 'an answer has a token in it'
  if (endpoint === undefined) return null
  if (status >= 400) return method === 'HEAD' ? null : refusal(endpoint, answer)
  return isHarmless(endpoint, request, answer) ? null : `was not refused: ${status}`
}

function refusal({ format, formPage }: Endpoint, answer: WireAnswer): string | null {
  const { status, headers, body } = answer
  if (!String(headers['cache-control']).includes('no-store')) return 'may be stored'
  const type = String(headers['content-type'])
  // A form that a browser sent from another site gets an HTML page.
  if (formPage && status === 403 && type.startsWith('text/html')) return null
  if (!type.startsWith('application/json')) return 'is not JSON'
  if (status === 405 && headers.allow === undefined) return '405 without Allow'
  if (status === 429 && headers['retry-after'] === undefined) return '429 without Retry-After'
  const value: unknown = JSON.parse(body)
  if (isObject(value) && SHAPES[format](value, status)) return null
  return `is not in the format of its contract (${format}): ${status} ${body.slice(0, 300)}`
}

function isHarmless(endpoint: Endpoint, request: FuzzRequest, answer: WireAnswer): boolean {
  const { method, headers } = request
  const { status, body } = answer
  const location = String(answer.headers.location)
  // Next.js first redirects a router request without its `_rsc` query parameter.
  if (status === 307) return headers.some(([name]) => name === 'rsc') && /[?&]_rsc/.test(location)
  if (method === 'OPTIONS') return status === 204
  if (status === 303 && endpoint.path === '/login') return location === '/sign-in'
  if (status === 303) return endpoint.formPage?.test(location) ?? false
  const isRead = method === 'GET' || method === 'HEAD'
  const bearsLive = headers.some(([, value]) => value.includes('~access-live~'))
  if (isRead && endpoint.bearsLive && bearsLive) return status === 200
  if (!endpoint.harmless?.includes(status)) return false
  if (endpoint.path === '/oauth/introspect') return body === '{"active":false}'
  if (endpoint.path === '/oauth/revoke') return body === ''
  return method === endpoint.method || (method === 'HEAD' && isReadable(endpoint))
}

const isReadable = ({ method }: Endpoint) => method === 'GET'
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasOnly(value: Json, names: readonly string[]): boolean {
  return Object.keys(value).every((name) => names.includes(name))
}
