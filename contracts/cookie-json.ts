import { z } from 'zod'
import {
  CHALLENGE_COOKIE_SECONDS,
  type CookiePolicy,
  cookieName,
  deleteCookie,
  readCookies,
  setCookie,
} from '@/http/request/cookies'
import { isBrowser } from '@/http/request/cross-site'
import type { Failure } from '@/http/response/error-body'
import { errorBody } from '@/http/response/error-body'
import { REFRESH_MODE_HEADER, REFRESH_WANT_HEADER } from '@/http/wire'
import type { ContractRequest, RefreshContract, WireResponse } from './contract'
import { forbidden, OUR_FAILURES, TOO_MANY } from './openapi/failures'
import type { Operation } from './openapi/operation'
import { grantBody } from './sign-in'

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
    const own = read(asked, cookieName('refresh', cookies))
    const takesBare = own.length === 0 && !isBrowser(headers)
    return {
      tokens: takesBare ? read(asked, cookieName('refresh', { secure: false })) : own,
      accessOnly: headers.get(REFRESH_WANT_HEADER) === 'access',
      jar: headers.get(REFRESH_MODE_HEADER) === 'jar',
      challenges: read(asked, cookieName('challenge', cookies)),
    }
  },

  grant({ access, refresh }, asked) {
    const { cookies } = asked
    const setCookies = [setCookie('access', access.token, access.expiresInSeconds, cookies)]
    if (refresh) {
      setCookies.push(setCookie('refresh', refresh.token, refresh.expiresInSeconds, cookies))
    }
    if (read(asked, cookieName('challenge', cookies)).length > 0) {
      setCookies.push(deleteCookie('challenge', cookies))
    }
    const body = { token: access.token, expiresIn: access.expiresInSeconds }
    return { status: 200, body, setCookies }
  },

  fail: failCanonically,
}

/** The one error shape of every JSON answer that no other contract shapes. */
export function failCanonically(failure: Failure, cookies: CookiePolicy): WireResponse {
  const { challenge } = failure
  const setCookies =
    challenge === undefined
      ? []
      : [setCookie('challenge', challenge, CHALLENGE_COOKIE_SECONDS, cookies)]
  return { status: failure.status, body: errorBody(failure), setCookies }
}

function read({ headers }: ContractRequest<unknown>, name: string): readonly string[] {
  return readCookies(headers.get('cookie'), name)
}

export const cookieJsonOperations: readonly Operation[] = [
  {
    id: 'refresh',
    method: 'post',
    path: '/api/auth/refresh',
    contract: 'cookie-json',
    tag: 'Signing in',
    summary: 'Renew the access token',
    description:
      'Neither needs nor reads a body. Asking twice, or in parallel, is safe. The refresh token is replaced from time to time: keep whatever cookies are set.',
    parameters: [
      {
        in: 'header',
        name: REFRESH_MODE_HEADER,
        required: false,
        description:
          '`jar`: several requests share this cookie jar, and the caller can ask again with what it holds by then.',
        schema: z.literal('jar'),
      },
      {
        in: 'header',
        name: REFRESH_WANT_HEADER,
        required: false,
        description: '`access`: the answer must not carry a refresh token.',
        schema: z.literal('access'),
      },
    ],
    security: ['refreshCookie'],
    answers: {
      200: {
        description: 'The access token; a refresh token only as a cookie, where one was minted.',
        body: grantBody,
        headers: ['Set-Cookie'],
      },
      400: { description: 'No refresh token came.', errors: ['MISSING_REFRESH_TOKEN'] },
      401: {
        description: 'The refresh token is no good, and `reason` says why.',
        errors: ['INVALID_REFRESH_TOKEN'],
      },
      403: forbidden(),
      409: {
        description:
          'Only to `x-refresh-mode: jar`: the token has a successor. Ask again with what the jar holds by now, the challenge cookie included.',
        errors: ['STALE_REFRESH_TOKEN'],
        headers: ['Set-Cookie'],
      },
      429: TOO_MANY,
      ...OUR_FAILURES,
    },
  },
]
