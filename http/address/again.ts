import { withoutParameter } from './query'

/** The parameter that marks an address which the server has sent a client to. Cookies can be lost on a redirect, an address cannot. */
export const AGAIN_PARAMETER = '_again'

/** Why a client was sent to an address: it was challenged for the first or the second time, or it had asked at another host. */
export type Again = '1' | '2' | 'host'
const VALUES: readonly Again[] = ['1', '2', 'host']

/** What a query (with its question mark, or empty) says of that; null where it has no such mark. Anybody can write one. */
export function readAgain(search: string): Again | null {
  if (!search.includes(AGAIN_PARAMETER)) return null
  const value = new URLSearchParams(search).get(AGAIN_PARAMETER)
  return VALUES.find((known) => known === value) ?? null
}

/** The query with that mark, or with none. What else it says keeps its bytes. */
export function withAgain(search: string, again: Again | null): string {
  const clean = search.includes(AGAIN_PARAMETER)
    ? withoutParameter(search, AGAIN_PARAMETER)
    : search
  if (again === null) return clean
  return `${clean === '' || clean === '?' ? '?' : `${clean}&`}${AGAIN_PARAMETER}=${again}`
}
