/** The methods that a route handler can have: for any other Next.js answers with an empty 400, or breaks (TRACE). */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
/** What no path of ours has: whoever asks for it is refused with 405 in the path's own words. */
const NOBODYS = 'PUT'
const REPLACEMENT = '%EF%BF%BD'
const MAX_PARAMETERS = 256

/** A method that a handler can be asked for. */
export function servableMethod(method: string): string {
  return METHODS.has(method) ? method : NOBODYS
}

/**
 * The path and query of a target that is a whole URL, which a server must accept (RFC 9112 §3.2.2); any other as it is. The
 * host that it names is a claim like `Host`: nothing reads it.
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
 * The same target, its path without escapes that no text has: they become U+FFFD, as they do wherever a URL is decoded
 * (URL Standard §1.3), and a stray `%` stands for itself. Next.js answers a parameter that it cannot decode with a 500.
 */
export function decodableTarget(target: string): string {
  // `OPTIONS *` asks the whole server (RFC 9110 §7.1), and is no path.
  if (target === '*') return '/*'
  const [path = ''] = target.split('?', 1)
  if (isDecodable(path)) return target
  const repaired = path
    .replace(/%(?![0-9a-f]{2})/gi, '%25')
    .replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => (isDecodable(escapes) ? escapes : REPLACEMENT))
  return repaired + target.slice(path.length)
}

/**
 * The same target with its first 256 parameters, as parsers of forms have it: Next.js takes a second of the whole process
 * for the some 8,000 that fit into a request, as its work grows with their square.
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
