import type { NextRequest } from 'next/server'
import { PUBLIC_FILES } from './config/edge'
import { type EdgeParts, edgeParts } from './edge/context'
import { pass } from './edge/continue'
import { type Denial, gate, isApi, mayPass, resolveRefresh } from './edge/gate'
import { publicOrigin } from './edge/public-origin'
import { callRefresh } from './edge/refresh-client'
import { gateRequest } from './edge/request-facts'
import * as answers from './edge/responses'
import { isNavigation } from './http/address/navigation'
import { type RedirectMark, readRedirectMark, withRedirectMark } from './http/address/redirect-mark'
import type { SignInReason } from './http/address/return-path'
import { cookieName, readCookies } from './http/request/cookies'
import { isCrossSiteWrite } from './http/request/cross-site'
import { isRead } from './http/request/methods'
import { receivedAt } from './http/request/received-at'
import { requestIdOf } from './http/request/request-id'
import { traceParentOf } from './http/request/trace-parent'
import { secureHeaders } from './http/response/security-headers'
import { REQUEST_ID_HEADER } from './http/wire'

export const config = {
  matcher:
    '/((?!_next/static/|_next/image|api/auth/|api/cron/|api/health|api/metrics$|api/refresh/|oauth/|\\.well-known/|login$|refresh$|refresh_token$|protected$).*)',
}

/** Renews a dead access token before the page renders. Decides who is asked to sign in; without it nothing is exposed. */
export async function middleware(request: NextRequest): Promise<Response> {
  const parts = await edgeParts()
  const { appOrigin, secure } = parts.config
  const requestId = requestIdOf(request.headers)
  request.headers.set(REQUEST_ID_HEADER, requestId)
  const response = isCrossSiteWrite(request.method, request.headers, appOrigin)
    ? answers.crossSite(appOrigin, {
        isForm: !isApi(request.nextUrl.pathname) && isNavigation(request.headers),
      })
    : await answer(request, parts)
  secureHeaders(response.headers, secure)
  response.headers.set('X-Request-Id', requestId)
  return response
}

async function answer(request: NextRequest, parts: EdgeParts): Promise<Response> {
  if (isPublicFile(request)) return answers.publicFile(parts.config)
  const origin = publicOrigin(request, parts)
  if (origin === 'there') return answers.askAgain(here(request, parts, 'host'))
  const serve = (cookie: string | null, granted: readonly string[] = []) =>
    isMarked(request) && origin !== 'rewritten'
      ? answers.askAgain(here(request, parts), granted)
      : pass(request, parts, cookie, granted)
  const arrival = receivedAt(request.headers, parts.config)
  const asked = await gateRequest(request, parts, arrival.at)
  const allowed = gate(asked)
  if (allowed.kind === 'pass') return serve(asked.cookie)
  if (allowed.kind !== 'refresh') return deny(request, parts, allowed, null)

  const { headers } = request
  const cookies = headers.get('cookie')
  const { outcome, setCookies } = await callRefresh(parts, {
    refreshTokens: readCookies(cookies, cookieName('refresh', parts.config)),
    challenges: readCookies(cookies, cookieName('challenge', parts.config)),
    accessOnly: allowed.accessOnly,
    client: {
      address: headers.get('x-forwarded-for') ?? '',
      userAgent: headers.get('user-agent') ?? '',
    },
    arrival,
    hasSpare: mayPass(asked),
    requestId: requestIdOf(headers),
    traceParent: traceParentOf(headers),
  })
  // Where nobody saw the request arrive, asking may have taken all the time that the old access token had left.
  const judged =
    outcome.kind === 'granted'
      ? asked
      : await gateRequest(request, parts, receivedAt(request.headers, parts.config).at)
  const settled = resolveRefresh(judged, outcome)
  switch (settled.kind) {
    case 'deliver':
      return serve(asked.cookie, setCookies)
    case 'pass':
      return serve(asked.cookie)
    case 'pass challenged':
      return pass(request, parts, asked.cookie, setCookies)
    case 'retry':
      return answers.askAgain(
        here(request, parts, asked.timesChallenged === 0 ? '1' : '2'),
        setCookies,
      )
    case 'unavailable':
      return answers.unavailable(settled.retryAfterSeconds, {
        isApi: isApi(asked.pathname),
        mayRepeat: isRead(request.method),
        address: here(request, parts),
        challenge: setCookies,
      })
    default:
      return deny(request, parts, settled, outcome.kind === 'refused' ? outcome.reason : null)
  }
}

function deny(
  request: NextRequest,
  parts: EdgeParts,
  denial: Denial,
  reason: SignInReason | null,
): Response {
  switch (denial.kind) {
    case 'sign in':
      return answers.toSignIn(new URL(denial.location, parts.config.appOrigin))
    case 'pass bare':
      return pass(request, parts, request.headers.get('cookie'))
    case 'refuse':
      return answers.unauthorized(reason)
    case 'ask again':
      return answers.askAgainFromHere()
  }
}

function isPublicFile(request: NextRequest): boolean {
  const { pathname } = new URL(request.url)
  return isRead(request.method) && PUBLIC_FILES.has(decoded(pathname))
}

function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return pathname
  }
}

/** True for a page at an address that a redirect of the gate led to: it is shown at its own, which the person sees and keeps. */
function isMarked(request: NextRequest): boolean {
  const { pathname, search } = new URL(request.url)
  return readRedirectMark(search) !== null && !isApi(pathname)
}

/** This very address, at the public origin, with the mark of a redirect or none. */
function here(request: NextRequest, { config }: EdgeParts, again: RedirectMark | null = null): URL {
  const { pathname, search } = new URL(request.url)
  const url = new URL(config.appOrigin)
  // Not resolved against the origin: a path that begins with two slashes would name another host.
  url.pathname = pathname
  url.search = withRedirectMark(search, again)
  return url
}
