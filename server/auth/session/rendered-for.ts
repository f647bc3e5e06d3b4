import 'server-only'
import { RENDERED_FOR_PARAMETER } from '@/contracts/life'
import { RENDERED_FOR_HEADER } from '@/http/wire'
import { HttpError } from '@/server/http/http-error'
import type { CurrentSession } from './live-session'

type Person = Pick<CurrentSession, 'userId' | 'userName'>

/**
 * Refuses a form of a page that was rendered for another user. That happens after another user has signed in in another tab,
 * since all tabs share the cookies. `renderedFor` is the user id in the form's hidden field.
 * @throws HttpError 409 SIGNED_IN_AS_ANOTHER, or 409 PAGE_OUT_OF_DATE if the form names no user.
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
 * Refuses a script's request from a page that was rendered for another user, which the header `x-rendered-for` names. Programs
 * have no page and send no such header.
 * @throws HttpError 409 SIGNED_IN_AS_ANOTHER, or 409 PAGE_OUT_OF_DATE if it is empty.
 */
export function requireSamePerson(headers: Headers, person: Person): void {
  const renderedFor = headers.get(RENDERED_FOR_HEADER)
  if (renderedFor !== null) requireRenderedFor(renderedFor, person)
}

/**
 * Like `requireSamePerson`, for a client that can set no header, such as an `EventSource`: the query's `rendered-for` names the user.
 * @throws HttpError 409 SIGNED_IN_AS_ANOTHER, or 409 PAGE_OUT_OF_DATE if it is empty.
 */
export function requireSamePersonByQuery(url: string, person: Person): void {
  const renderedFor = new URL(url).searchParams.get(RENDERED_FOR_PARAMETER)
  if (renderedFor !== null) requireRenderedFor(renderedFor, person)
}
