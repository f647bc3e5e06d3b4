import { parseReturnPath, parseSignInReason } from '@/http/address/return-path'

/** The search parameters of a page, as Next.js passes them. */
export type SearchParams = Promise<Record<string, string | string[] | undefined>>

/** Reads the query of a sign-in or sign-up page. Only known values are accepted; anything else becomes null. */
export async function readEntryQuery(searchParams: SearchParams) {
  const query = await searchParams
  const only = (name: string) => {
    const value = query[name]
    return typeof value === 'string' ? value : null
  }
  return {
    next: parseReturnPath(only('next')),
    reason: parseSignInReason(only('reason')),
    error: only('error'),
    /** True if a signed-in person came here to sign in again. */
    again: only('again') === '1',
  }
}

/** The URL of a sign-in or sign-up page that returns to `next`. */
export function entryPath(page: '/sign-in' | '/sign-up', next: string | null): string {
  return next === null ? page : `${page}?${new URLSearchParams({ next })}`
}
