/** The methods that a route handler can export. Next.js answers any other with an empty 400, and fails on TRACE. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
/** A method that no route of this app handles, so that the route refuses it with 405 and its own `Allow`. */
const UNHANDLED_METHOD = 'PUT'
const REPLACEMENT = '%EF%BF%BD'
const MAX_PARAMETERS = 256

/** The method itself if a route handler can export it; else a method that every route refuses with 405. */
export function servableMethod(method: string): string {
  return METHODS.has(method) ? method : UNHANDLED_METHOD
}

/**
 * The path and query of a request target in absolute form, which a server must accept (RFC 9112 §3.2.2). Any other target is
 * returned unchanged. The host in the target is dropped: like `Host`, it is only a claim of the client.
 */
export function originForm(target: string): string {
  if (target.startsWith('/') || target === '*') return target
  const scheme = target.indexOf('://')
  const rest = scheme < 0 ? target : target.slice(scheme + 3)
  const start = rest.search(/[/?#]/)
  if (start < 0) return '/'
  return rest[start] === '/' ? rest.slice(start) : `/${rest.slice(start)}`
}

/**
 * The target with a path that can be decoded. Escapes that are not UTF-8 become U+FFFD, as in the URL Standard (§1.3), and a
 * stray `%` becomes `%25`. Without this, Next.js answers a path parameter that it cannot decode with a 500.
 */
export function decodableTarget(target: string): string {
  // `OPTIONS *` is about the whole server (RFC 9110 §7.1), and `*` is not a path.
  if (target === '*') return '/*'
  const [path = ''] = target.split('?', 1)
  if (isDecodable(path)) return target
  const repaired = path
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
    .replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => (isDecodable(escapes) ? escapes : REPLACEMENT))
  return repaired + target.slice(path.length)
}

/**
 * The target with its first 256 query parameters. The work of Next.js grows with the square of their number: the 8,000 or so
 * that fit into a request would block the process for a second.
 */
export function boundedTarget(target: string): string {
  const start = target.indexOf('?')
  if (start < 0) return target
  let end = start
  for (let count = 0; count < MAX_PARAMETERS; count++) {
    end = target.indexOf('&', end + 1)
    if (end < 0) return target
  }
  return target.slice(0, end)
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
