import { parseReturnPath, parseSignInReason } from '@/http/address/return-path'

export type SearchParams = Promise<Record<string, string | string[] | undefined>>

/** What the address of an entry page may say. Everything else in it is dropped, and nothing is echoed. */
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
  }
}

/** The address of another entry page, with the same way back. */
export function entryPath(page: '/sign-in' | '/sign-up', next: string | null): string {
  return next === null ? page : `${page}?${new URLSearchParams({ next })}`
}
