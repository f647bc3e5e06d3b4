import 'server-only'
import { RENDERED_FOR_HEADER } from '@/contracts/rendered-for'
import { HttpError } from '@/server/http/http-error'
import type { CurrentSession } from './dal'

type Person = Pick<CurrentSession, 'userId' | 'userName'>

/**
 * Refuses what a page asks that was rendered for somebody else: another tab of the same browser has signed in since, and the
 * cookies are that person's. `renderedFor` is the user id that the page's form names.
 * @throws HttpError 409 SIGNED_IN_AS_ANOTHER, or PAGE_OUT_OF_DATE where the form names nobody.
 */
export function requireRenderedFor(renderedFor: unknown, { userId, userName }: Person): void {
  if (typeof renderedFor !== 'string' || renderedFor === '') {
    const message = 'This page is out of date, so nothing was done. Reload it, then try again'
    throw new HttpError(409, 'PAGE_OUT_OF_DATE', message)
  }
  if (renderedFor === userId) return
  const message = `You are now signed in as ${userName} in this browser, so nothing was done. Reload this page to go on as ${userName}`
  throw new HttpError(409, 'SIGNED_IN_AS_ANOTHER', message)
}

/**
 * The same for a request of a script: a page names its person in the header `x-rendered-for`. A program has no page, and no
 * such header.
 * @throws HttpError 409 SIGNED_IN_AS_ANOTHER.
 */
export function requireSamePerson(headers: Headers, person: Person): void {
  const renderedFor = headers.get(RENDERED_FOR_HEADER)
  if (renderedFor !== null) requireRenderedFor(renderedFor, person)
}
