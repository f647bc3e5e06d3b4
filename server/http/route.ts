import 'server-only'
import type { Config } from '@/config/read'
import type { ContractName, WireResponse } from '@/contracts/contract'
import { failCanonically } from '@/contracts/cookie-json'
import { isNavigation } from '@/http/address/navigation'
import { type CookiePolicy, cookieName, readCookies } from '@/http/request/cookies'
import { isCrossSite, isCrossSiteWrite } from '@/http/request/cross-site'
import type { Failure } from '@/http/response/error-body'
import { crossSitePage } from '@/http/response/plain-page'
import { NO_PAGE_POLICY, secureHeaders } from '@/http/response/security-headers'
import { services } from '../composition'
import { allowOrigin } from './cors'
import { HttpError, toHttpError } from './http-error'
import { isForm } from './request-body'
import { withinRequest } from './request-context'

const CROSS_SITE = 'CROSS_SITE_REQUEST'

export type Handler<Context = unknown> = (request: Request, context: Context) => Promise<Response>

/** The contract that a route belongs to: in whose words it fails, and with which it is switched off. */
export interface Wire {
  readonly name: ContractName
  fail(failure: Failure, cookies: CookiePolicy): WireResponse
}

export interface RouteOptions {
  /** Without one, failures are put canonically, and no other site may call. */
  readonly contract?: Wire
  /** How a SessionError is put. The default is a protected resource's. */
  readonly refusal?: Parameters<typeof toHttpError>[1]
  /** Where a form whose post failed is sent, 303, with what went wrong. Without it a form gets JSON like anybody. */
  readonly formFailure?: (error: HttpError, request: Request, cookies: CookiePolicy) => Response
  /** Whether a page's own form posts here: one that another site sent gets a page. */
  readonly takesForms?: boolean
  /** Whether a GET changes something, so that other sites must not send it either. */
  readonly guardsReads?: boolean
}

/**
 * A route handler that refuses cross-site writes before it reads anything, answers every failure in its contract's shape,
 * is never cached, and bears the id of its request.
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
      admit(request, config, options)
      response = await handler(request, context)
    } catch (thrown) {
      response = failed(toHttpError(thrown, options.refusal), request, config, options)
    }
    if (config && options.contract) allowOrigin(request, response.headers, config)
    return finish(response, config?.secure ?? false)
  }
  return (request, context) =>
    withinRequest(request.headers, async (id) => {
      const response = await answer(request, context)
      response.headers.set('X-Request-Id', id)
      return response
    })
}

/** @throws HttpError where nobody may ask this, or not from there. */
function admit(
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
  throw new HttpError(403, CROSS_SITE, `This request came from another site than ${appOrigin}`)
}

function failed(
  error: HttpError,
  request: Request,
  config: Config | null,
  { contract, formFailure, takesForms }: RouteOptions,
): Response {
  const isCrossSiteForm =
    takesForms && error.code === CROSS_SITE && isForm(request) && isNavigation(request.headers)
  if (config && isCrossSiteForm) return crossSitePage(config.appOrigin)
  const isPage = formFailure && error.code !== CROSS_SITE && isForm(request)
  const fail = contract?.fail ?? failCanonically
  const cookies = config ?? { secure: false, sameSite: 'lax' }
  const response = isPage ? formFailure(error, request, cookies) : toResponse(fail(error, cookies))
  for (const [name, value] of Object.entries(error.headers)) response.headers.set(name, value)
  return response
}

/** A contract's answer, sent. */
export function toResponse({ status, body, headers, setCookies = [] }: WireResponse): Response {
  const response = Response.json(body, { status, ...(headers ? { headers } : {}) })
  for (const line of setCookies) response.headers.append('Set-Cookie', line)
  return response
}

/** 303 See Other, to a path of this origin. */
export function seeOther(path: string): Response {
  return new Response(null, { status: 303, headers: { Location: path } })
}

/** The cookies of a request that are ours to believe, if they verify: the values of each, in the order in which they count. */
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

function finish(response: Response, secure: boolean): Response {
  const { headers } = response
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'private, no-store')
  if (!headers.has('Content-Security-Policy')) {
    headers.set('Content-Security-Policy', NO_PAGE_POLICY)
  }
  secureHeaders(headers, secure)
  return response
}
