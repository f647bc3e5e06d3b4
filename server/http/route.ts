import 'server-only'
import type { Config } from '@/config/read'
import type { ContractName, WireResponse } from '@/contracts/contract'
import { failCanonically } from '@/contracts/cookie-json'
import { isNavigation } from '@/http/address/navigation'
import { type CookiePolicy, cookieName, readCookies } from '@/http/request/cookies'
import { isCrossSite, isCrossSiteWrite } from '@/http/request/cross-site'
import { crossSiteFailure, type Failure } from '@/http/response/error-body'
import { crossSitePage } from '@/http/response/plain-page'
import { NO_PAGE_POLICY, secureHeaders } from '@/http/response/security-headers'
import { REQUEST_ID_HEADER } from '@/http/wire'
import { services } from '../composition'
import { setsSecurityHeaders } from '../intake/request-normalizer'
import { allowOrigin } from './cors'
import { HttpError, toHttpError } from './http-error'
import { isForm } from './request-body'
import { withinRequest } from './request-context'

/** A Next.js route handler. */
export type Handler<Context = unknown> = (request: Request, context: Context) => Promise<Response>

/** The part of a contract that a route needs: the name that enables or disables it, and its format of a failure. */
export interface RouteContract {
  readonly name: ContractName
  fail(failure: Failure, cookies: CookiePolicy): WireResponse
}

/** How a route deals with failures and with other sites. */
export interface RouteOptions {
  /** The route's contract. Without one, failures have the canonical format and no other origin may call the route. */
  readonly contract?: RouteContract
  /** Turns a `SessionError` into a response error. The default is `accessRefusal`, that of a protected resource. */
  readonly refusal?: Parameters<typeof toHttpError>[1]
  /** Makes the response to an HTML form that failed, usually a redirect to its page. Without it, the form gets JSON. */
  readonly formFailure?: (error: HttpError, request: Request, cookies: CookiePolicy) => Response
  /** True if an HTML form posts here: a form that another site sent is then refused with a page instead of JSON. */
  readonly takesForms?: boolean
  /** True if a GET changes state, so that it is refused to other sites as well. */
  readonly guardsReads?: boolean
}

/**
 * Wraps a route handler. It refuses cross-site writes before the body is read, turns everything that is thrown into a response
 * in the contract's format, forbids caching unless the handler sets `Cache-Control`, and adds the security headers and
 * `X-Request-Id`.
 */
export function route<Context = unknown>(
  handler: Handler<Context>,
  options: RouteOptions = {},
): Handler<Context> {
  const answer: Handler<Context> = async (request, context) => {
    let config: Config | null = null
    let response: Response
    try {
      config = (await services()).config
      requireAllowed(request, config, options)
      response = await handler(request, context)
    } catch (thrown) {
      response = failureResponse(toHttpError(thrown, options.refusal), request, config, options)
    }
    if (config && options.contract) allowOrigin(request, response.headers, config)
    return addHeaders(response, config?.secure ?? false)
  }
  return (request, context) =>
    withinRequest(request.headers, async (id) => {
      const response = await answer(request, context)
      response.headers.set(REQUEST_ID_HEADER, id)
      return response
    })
}

/** @throws HttpError 404 NOT_FOUND if the contract is switched off, 403 CROSS_SITE_REQUEST. */
function requireAllowed(
  { method, headers }: Request,
  { appOrigin, contracts, corsOrigins }: Config,
  { contract, guardsReads }: RouteOptions,
): void {
  if (contract && !contracts.has(contract.name)) {
    throw new HttpError(404, 'NOT_FOUND', 'This is not served here')
  }
  const trusted = contract ? corsOrigins : []
  const refused = guardsReads
    ? method !== 'OPTIONS' && isCrossSite(headers, appOrigin, trusted)
    : isCrossSiteWrite(method, headers, appOrigin, trusted)
  if (!refused) return
  const { status, code, message } = crossSiteFailure(appOrigin)
  throw new HttpError(status, code, message)
}

function failureResponse(
  error: HttpError,
  request: Request,
  config: Config | null,
  { contract, formFailure, takesForms }: RouteOptions,
): Response {
  const isCrossSiteError = error.code === 'CROSS_SITE_REQUEST'
  const isCrossSiteForm =
    takesForms && isCrossSiteError && isForm(request) && isNavigation(request.headers)
  if (config && isCrossSiteForm) return crossSitePage(config.appOrigin)
  const isPage = formFailure && !isCrossSiteError && isForm(request)
  const fail = contract?.fail ?? failCanonically
  const cookies = config ?? { secure: false, sameSite: 'lax' }
  const response = isPage ? formFailure(error, request, cookies) : toResponse(fail(error, cookies))
  for (const [name, value] of Object.entries(error.headers)) response.headers.set(name, value)
  return response
}

/** Makes a `Response` of what a contract answers. */
export function toResponse({ status, body, headers, setCookies = [] }: WireResponse): Response {
  const response = Response.json(body, { status, ...(headers ? { headers } : {}) })
  for (const line of setCookies) response.headers.append('Set-Cookie', line)
  return response
}

/** 303 See Other (RFC 9110 §15.4.4), to a path of this origin. */
export function seeOther(path: string): Response {
  return new Response(null, { status: 303, headers: { Location: path } })
}

/**
 * The values of this app's cookies in a request, not yet verified. A name may come with more than one value; they are in the
 * order in which they are to be tried.
 */
export function cookiesOf(headers: Headers, config: Pick<Config, 'secure'>) {
  const cookies = headers.get('cookie')
  const read = (role: Parameters<typeof cookieName>[0]) =>
    readCookies(cookies, cookieName(role, config))
  return {
    access: read('access'),
    refresh: read('refresh'),
    challenge: read('challenge'),
    device: read('device'),
    attempt: read('attempt'),
  }
}

function addHeaders(response: Response, secure: boolean): Response {
  const { headers } = response
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'private, no-store')
  // Where the intake has set them already, a second time would only cost time.
  if (setsSecurityHeaders()) return response
  if (!headers.has('Content-Security-Policy')) {
    headers.set('Content-Security-Policy', NO_PAGE_POLICY)
  }
  secureHeaders(headers, secure)
  return response
}
