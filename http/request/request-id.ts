import { REQUEST_ID_HEADER } from '../wire'

/** Short, without characters that could break a line of the log, and not the beginning of a JWT. */
const SANE = /^(?!eyJ)[A-Za-z0-9._-]{8,128}$/

/** The id in the request's header if it is well-formed, else a new one. */
export function requestIdOf(headers: { get(name: string): string | null }): string {
  const given = headers.get(REQUEST_ID_HEADER)
  return given !== null && SANE.test(given) ? given : crypto.randomUUID()
}
