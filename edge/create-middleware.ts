import type { NextRequest } from 'next/server'
import { PUBLIC_FILES } from '@/config/edge'
import { isNavigation } from '@/http/address/navigation'
import { type RedirectMark, readRedirectMark, withRedirectMark } from '@/http/address/redirect-mark'
import type { SignInReason } from '@/http/address/return-path'
import { cookieName, readCookies } from '@/http/request/cookies'
import { isCrossSiteWrite } from '@/http/request/cross-site'
import { isRead } from '@/http/request/methods'
import { receivedAt } from '@/http/request/received-at'
import { requestIdOf } from '@/http/request/request-id'
import { traceParentOf } from '@/http/request/trace-parent'
import { secureHeaders } from '@/http/response/security-headers'
import { REQUEST_ID_HEADER } from '@/http/wire'
import { createContext, type EdgeContext, type Runtime } from './context'
import { continueRequest } from './continue'
import { type Denial, gate, mayPass, resolveRefresh } from './gate'
import { isApi } from './paths'
import { checkHost } from './public-origin'
import { callRefresh } from './refresh'
import { gateRequest } from './request-facts'
import * as responses from './responses'

/**
 * Makes the gate for a runtime. It refreshes a dead access token before the page renders, and redirects requests without a session
 * to sign-in. It protects no data: every protected page, action and route handler checks the session itself.
 */
export function createMiddleware(runtime: Runtime): (request: NextRequest) => Promise<Response> {
  const open = createContext(runtime)
  return async (request) => {
    const context = await open()
    const { appOrigin, secure } = context.config
    const requestId = requestIdOf(request.headers)
    request.headers.set(REQUEST_ID_HEADER, requestId)
    const response = isCrossSiteWrite(request.method, request.headers, appOrigin)
      ? responses.crossSite(appOrigin, {
          isForm: !isApi(request.nextUrl.pathname) && isNavigation(request.headers),
        })
      : await answer(request, context)
    secureHeaders(response.headers, secure)
    response.headers.set(REQUEST_ID_HEADER, requestId)
    return response
  }
}

async function answer(request: NextRequest, context: EdgeContext): Promise<Response> {
  if (isPublicFile(request)) return responses.publicFile(context.config)
  const host = checkHost(request, context)
  if (host === 'redirect') return responses.repeatRequest(publicUrl(request, context, 'host'))
  const serve = (cookie: string | null, granted: readonly string[] = []) =>
    isMarked(request) && host !== 'rewritten'
      ? responses.repeatRequest(publicUrl(request, context), granted)
      : continueRequest(request, context, cookie, granted)
  const received = receivedAt(request.headers, context.config)
  const facts = await gateRequest(request, context, received.at)
  const decision = gate(facts)
  if (decision.kind === 'pass') return serve(facts.cookie)
  if (decision.kind !== 'refresh') return denialResponse(request, context, decision, null)

  const { headers } = request
  const cookies = headers.get('cookie')
  const { outcome, setCookies } = await callRefresh(context, {
    refreshTokens: readCookies(cookies, cookieName('refresh', context.config)),
    challenges: readCookies(cookies, cookieName('challenge', context.config)),
    accessOnly: decision.accessOnly,
    client: {
      address: headers.get('x-forwarded-for') ?? '',
      userAgent: headers.get('user-agent') ?? '',
    },
    received,
    hasFallback: mayPass(facts),
    requestId: requestIdOf(headers),
    traceParent: traceParentOf(headers),
  })
  // Without a recorded time of receipt, "now" has moved on: the old access token may have expired during the call.
  const factsNow =
    outcome.kind === 'granted'
      ? facts
      : await gateRequest(request, context, receivedAt(request.headers, context.config).at)
  const resolution = resolveRefresh(factsNow, outcome)
  switch (resolution.kind) {
    case 'deliver':
      return serve(facts.cookie, setCookies)
    case 'pass':
      return serve(facts.cookie)
    case 'pass-challenged':
      return continueRequest(request, context, facts.cookie, setCookies)
    case 'send-back-to-jar':
      return responses.repeatRequest(
        publicUrl(request, context, facts.timesChallenged === 0 ? '1' : '2'),
        setCookies,
      )
    case 'unavailable':
      return responses.unavailable(resolution.retryAfterSeconds, {
        isApi: isApi(facts.pathname),
        mayRepeat: isRead(request.method),
        address: publicUrl(request, context),
        challenge: setCookies,
      })
    default:
      return denialResponse(
        request,
        context,
        resolution,
        outcome.kind === 'refused' ? outcome.reason : null,
      )
  }
}

function denialResponse(
  request: NextRequest,
  context: EdgeContext,
  denial: Denial,
  reason: SignInReason | null,
): Response {
  switch (denial.kind) {
    case 'sign-in':
      return responses.redirectToSignIn(new URL(denial.location, context.config.appOrigin))
    case 'continue-signed-out':
      return continueRequest(request, context, request.headers.get('cookie'))
    case 'refuse':
      return responses.unauthorized(denial.code, reason)
    case 'reload-same-site':
      return responses.reloadSameSite()
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

/** True for a page whose URL carries the mark of a redirect by middleware. The browser is sent on to the URL without the mark. */
function isMarked(request: NextRequest): boolean {
  const { pathname, search } = new URL(request.url)
  return readRedirectMark(search) !== null && !isApi(pathname)
}

/** The request’s URL at the public origin, with this mark of a redirect, or without one. */
function publicUrl(
  request: NextRequest,
  { config }: EdgeContext,
  mark: RedirectMark | null = null,
): URL {
  const { pathname, search } = new URL(request.url)
  const url = new URL(config.appOrigin)
  // Not `new URL(pathname, origin)`: a path that starts with two slashes would name another host.
  url.pathname = pathname
  url.search = withRedirectMark(search, mark)
  return url
}
