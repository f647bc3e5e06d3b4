import 'server-only'
import type { Config } from '@/config'
import { cookieName, readCookie, setCookie } from '@/session/cookies'
import { isCrossSiteWrite } from '@/session/cross-site'
import type { Grant } from '@/session/grant'
import { NO_PAGE_POLICY, secureHeaders } from '@/session/security-headers'
import { HttpError, toHttpError } from './http-error'
import { isForm } from './request-body'
import { rekindle } from './sessions'

const CROSS_SITE = 'CROSS_SITE_REQUEST'

type Handler<Context> = (request: Request, context: Context) => Promise<Response>

interface RouteOptions {
  /** How a SessionError is put. The default is a protected resource's. */
  readonly refusal?: Parameters<typeof toHttpError>[1]
  /** Where a form whose post failed is sent, 303, with what went wrong. Without it a form gets JSON like anybody. */
  readonly formFailure?: (error: HttpError, request: Request) => string
}

/**
 * A route handler that refuses cross-site writes before it reads anything, answers every failure in one shape, and is
 * never cached.
 */
export function route<Context = unknown>(
  handler: Handler<Context>,
  { refusal, formFailure }: RouteOptions = {},
): Handler<Context> {
  return async (request, context) => {
    let secure = false
    let response: Response
    try {
      const { config } = await rekindle()
      secure = config.secure
      if (isCrossSiteWrite(request.method, request.headers, config.appOrigin)) {
        throw new HttpError(
          403,
          CROSS_SITE,
          `This request came from another site than ${config.appOrigin}`,
        )
      }
      response = await handler(request, context)
    } catch (thrown) {
      const error = toHttpError(thrown, refusal)
      const page = formFailure && error.code !== CROSS_SITE && isForm(request)
      response = page ? seeOther(formFailure(error, request)) : error.toResponse()
      for (const [name, value] of Object.entries(error.headers)) response.headers.set(name, value)
    }
    return finish(response, secure)
  }
}

/** 303 See Other, to a path of this origin. */
export function seeOther(path: string): Response {
  return new Response(null, { status: 303, headers: { Location: path } })
}

/** Adds the `Set-Cookie` lines of whatever tokens were granted. */
export function setGrantCookies(headers: Headers, grant: Grant, config: Config): void {
  const { access, refresh } = grant
  headers.append('Set-Cookie', setCookie('access', access.token, access.expiresInSeconds, config))
  if (refresh) {
    headers.append(
      'Set-Cookie',
      setCookie('refresh', refresh.token, refresh.expiresInSeconds, config),
    )
  }
}

/** The cookies of a request that are ours to believe. */
export function cookiesOf(headers: Headers, config: Pick<Config, 'secure'>) {
  const cookies = headers.get('cookie')
  const read = (role: Parameters<typeof cookieName>[0]) =>
    readCookie(cookies, cookieName(role, config))
  return {
    access: read('access'),
    refresh: read('refresh'),
    challenge: read('challenge'),
    device: read('device'),
  }
}

function finish(response: Response, secure: boolean): Response {
  const { headers } = response
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'private, no-store')
  headers.set('Content-Security-Policy', NO_PAGE_POLICY)
  secureHeaders(headers, secure)
  return response
}
