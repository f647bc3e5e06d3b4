/** Names a request in its answer, in the log and on its way to the refresh route. */
export const REQUEST_ID_HEADER = 'x-request-id'

/** Short, and nothing that could break a line of a log, or be a token that somebody put there. */
const SANE = /^(?!eyJ)[A-Za-z0-9._-]{8,128}$/

/** The id that came with a request where it has a sane shape, else a new one. */
export function requestIdOf(headers: { get(name: string): string | null }): string {
  const given = headers.get(REQUEST_ID_HEADER)
  return given !== null && SANE.test(given) ? given : crypto.randomUUID()
}
