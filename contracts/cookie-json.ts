import {
  CHALLENGE_COOKIE_SECONDS,
  type CookiePolicy,
  cookieName,
  deleteCookie,
  readCookie,
  setCookie,
} from '@/session/cookies'
import type { Answer, Asked, Failure, RefreshContract } from './contract'
import { errorBody } from './error-body'

/**
 * The canonical contract: browser, middleware and SDK use it. The refresh token comes in its cookie, with no body. A caller
 * that shares a jar says so with `x-refresh-mode: jar`, one whose answer cannot carry a refresh token with
 * `x-refresh-want: access`.
 */
export const cookieJson: RefreshContract = {
  name: 'cookie-json',
  method: 'POST',
  path: '/api/auth/refresh',
  body: null,

  read(asked) {
    const { headers, cookies } = asked
    const token =
      read(asked, cookieName('refresh', cookies)) ??
      (isBareClient(headers) ? read(asked, cookieName('refresh', { secure: false })) : null)
    return {
      tokens: token === null ? [] : [token],
      accessOnly: headers.get('x-refresh-want') === 'access',
      jar: headers.get('x-refresh-mode') === 'jar',
      challenge: read(asked, cookieName('challenge', cookies)),
    }
  },

  grant({ access, refresh }, asked) {
    const { cookies } = asked
    const setCookies = [setCookie('access', access.token, access.expiresInSeconds, cookies)]
    if (refresh) {
      setCookies.push(setCookie('refresh', refresh.token, refresh.expiresInSeconds, cookies))
    }
    if (read(asked, cookieName('challenge', cookies)) !== null) {
      setCookies.push(deleteCookie('challenge', cookies))
    }
    const body = { token: access.token, expiresIn: access.expiresInSeconds }
    return { status: 200, body, setCookies }
  },

  fail: failCanonically,
}

/** The one error shape of every JSON answer that no other contract shapes. */
export function failCanonically(failure: Failure, cookies: CookiePolicy): Answer {
  const { challenge } = failure
  const setCookies =
    challenge === undefined
      ? []
      : [setCookie('challenge', challenge, CHALLENGE_COOKIE_SECONDS, cookies)]
  return { status: failure.status, body: errorBody(failure), setCookies }
}

function read({ headers }: Asked<unknown>, name: string): string | null {
  return readCookie(headers.get('cookie'), name)
}

/** A client that keeps its own cookies; a browser, or middleware on its behalf, is bound to the prefixed names. */
function isBareClient(headers: Asked<unknown>['headers']): boolean {
  return ![
    'origin',
    'sec-fetch-site',
    'sec-fetch-mode',
    'sec-fetch-dest',
    'x-internal-caller',
  ].some((name) => headers.has(name))
}
