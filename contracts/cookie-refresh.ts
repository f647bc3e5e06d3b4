import { z } from 'zod'
import { forbidden, OUR_FAILURES, TOO_MANY } from './failures'
import type { Operation } from './operation'
import { grantBody } from './sign-in'

/** The canonical refresh: browsers and middleware use it, and so it is always served. */
export const cookieRefreshOperations: readonly Operation[] = [
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
        name: 'x-refresh-mode',
        required: false,
        description:
          '`jar`: several requests share this cookie jar, and the caller can ask again with what it holds by then.',
        schema: z.literal('jar'),
      },
      {
        in: 'header',
        name: 'x-refresh-want',
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
