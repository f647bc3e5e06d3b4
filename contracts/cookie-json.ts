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
import { forbidden, RATE_LIMITED, SERVER_FAILURES } from './openapi/failures'
import type { Operation } from './openapi/operation'
import { grantBody } from './sign-in'

/**
 * The canonical contract, which browsers, middleware and the SDK use. The refresh token comes in its cookie; no body is read. A
 * caller with a cookie jar sends `x-refresh-mode: jar`. A caller whose response cannot carry a refresh token sends
 * `x-refresh-want: access`.
 */
export const cookieJson: RefreshContract = {
  name: 'cookie-json',
  method: 'POST',
  path: '/api/auth/refresh',
  body: null,

  read(request) {
    const { headers, cookies } = request
    const own = readValues(request, cookieName('refresh', cookies))
    const acceptsUnprefixed = own.length === 0 && !isBrowser(headers)
    return {
      tokens: acceptsUnprefixed
        ? readValues(request, cookieName('refresh', { secure: false }))
        : own,
      accessOnly: headers.get(REFRESH_WANT_HEADER) === 'access',
      jar: headers.get(REFRESH_MODE_HEADER) === 'jar',
      challenges: readValues(request, cookieName('challenge', cookies)),
    }
  },

  grant({ access, refresh }, request) {
    const { cookies } = request
    const setCookies = [setCookie('access', access.token, access.expiresInSeconds, cookies)]
    if (refresh) {
      setCookies.push(setCookie('refresh', refresh.token, refresh.expiresInSeconds, cookies))
    }
    if (readValues(request, cookieName('challenge', cookies)).length > 0) {
      setCookies.push(deleteCookie('challenge', cookies))
    }
    const body = { token: access.token, expiresIn: access.expiresInSeconds }
    return { status: 200, body, setCookies }
  },

  fail: failCanonically,
}

/** A failure in the canonical error format, which every JSON response has unless another contract defines its own. */
export function failCanonically(failure: Failure, cookies: CookiePolicy): WireResponse {
  const { challenge } = failure
  const setCookies =
    challenge === undefined
      ? []
      : [setCookie('challenge', challenge, CHALLENGE_COOKIE_SECONDS, cookies)]
  return { status: failure.status, body: errorBody(failure), setCookies }
}

function readValues({ headers }: ContractRequest<unknown>, name: string): readonly string[] {
  return readCookies(headers.get('cookie'), name)
}

/** The refresh operation of the `cookie-json` contract. */
export const cookieJsonOperations: readonly Operation[] = [
  {
    id: 'refresh',
    method: 'post',
    path: '/api/auth/refresh',
    contract: 'cookie-json',
    tag: 'Signing in',
    summary: 'Renew the access token',
    description:
      'Reads no body. Two requests with one token, even in parallel, are safe. The refresh token is replaced from time to time: keep the cookies that are set.',
    parameters: [
      {
        in: 'header',
        name: REFRESH_MODE_HEADER,
        required: false,
        description:
          '`jar`: several requests share this cookie jar, and the caller can repeat the request with the cookies that the jar holds by then.',
        schema: z.literal('jar'),
      },
      {
        in: 'header',
        name: REFRESH_WANT_HEADER,
        required: false,
        description: '`access`: the response must not carry a refresh token.',
        schema: z.literal('access'),
      },
    ],
    security: ['refreshCookie'],
    responses: {
      200: {
        description:
          'The access token. A new refresh token, if one was issued, is set as a cookie.',
        body: grantBody,
        headers: ['Set-Cookie'],
      },
      400: { description: 'The refresh token is missing.', errors: ['MISSING_REFRESH_TOKEN'] },
      401: {
        description: 'The refresh token is invalid, and `reason` says why.',
        errors: ['INVALID_REFRESH_TOKEN'],
      },
      403: forbidden(),
      409: {
        description:
          'Only for `x-refresh-mode: jar`: the token has been replaced. Repeat the request with the cookies that the jar holds by now, including the challenge.',
        errors: ['STALE_REFRESH_TOKEN'],
        headers: ['Set-Cookie'],
      },
      429: RATE_LIMITED,
      ...SERVER_FAILURES,
    },
  },
]
