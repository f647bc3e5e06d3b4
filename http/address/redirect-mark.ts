import { withoutParameter } from './query'

/** The parameter that marks an address to which the server redirected a client. A redirect can lose cookies, but not its address. */
export const REDIRECT_MARK_PARAMETER = '_again'

/** Why a client was redirected: a first challenge, a second one, or a request to another host. */
export type RedirectMark = '1' | '2' | 'host'
const VALUES: readonly RedirectMark[] = ['1', '2', 'host']

/** The mark in a query, which is empty or begins with a question mark, or null if it has none. Anyone can forge a mark. */
export function readRedirectMark(search: string): RedirectMark | null {
  if (!search.includes(REDIRECT_MARK_PARAMETER)) return null
  const value = new URLSearchParams(search).get(REDIRECT_MARK_PARAMETER)
  return VALUES.find((known) => known === value) ?? null
}

/** The query with the given mark, or without one. The rest keeps its bytes. */
export function withRedirectMark(search: string, mark: RedirectMark | null): string {
  const clean = search.includes(REDIRECT_MARK_PARAMETER)
    ? withoutParameter(search, REDIRECT_MARK_PARAMETER)
    : search
  if (mark === null) return clean
  return `${clean === '' || clean === '?' ? '?' : `${clean}&`}${REDIRECT_MARK_PARAMETER}=${mark}`
}
