import { NextResponse } from 'next/server'
import type { SignInReason } from '@/http/address/return-path'
import { crossSiteFailure, errorBody, UNAVAILABLE } from '@/http/response/error-body'
import { crossSitePage, escapeHtml, plainPage } from '@/http/response/plain-page'
import { NO_PAGE_POLICY, pagePolicy } from '@/http/response/security-headers'
import type { RefusalCode } from './gate'

/** The `Cache-Control` of the gate's responses, and of pages that depend on a session. */
export const NEVER_STORED = 'private, no-store'

/** Lets Next.js serve a file of `public/`. */
export function publicFile({ secure }: { secure: boolean }): Response {
  const response = NextResponse.next()
  const policy = pagePolicy(btoa(crypto.randomUUID()), { secure, development: false })
  response.headers.set('Content-Security-Policy', policy)
  return response
}

/** 307: the client repeats the request, with its method and body, and with the cookies that its jar holds by then. */
export function repeatRequest(url: URL, setCookies: readonly string[] = []): Response {
  const response = NextResponse.redirect(url, 307)
  for (const line of setCookies) response.headers.append('Set-Cookie', line)
  return neverStored(response)
}

/** 303 to the sign-in page. */
export function redirectToSignIn(url: URL): Response {
  return neverStored(NextResponse.redirect(url, 303))
}

/**
 * 401 of a protected resource, with the reason why the session ended, if known. The challenge to a request without any token names
 * no error (RFC 6750 §3.1).
 */
export function unauthorized(code: RefusalCode, reason: SignInReason | null): Response {
  const message = 'This request needs a live session'
  const body = errorBody({ status: 401, code, message, reason: reason ?? undefined })
  const challenge = code === 'MISSING_ACCESS_TOKEN' ? 'Bearer' : 'Bearer error="invalid_token"'
  const headers = { 'WWW-Authenticate': challenge }
  return withoutPage(Response.json(body, { status: 401, headers }))
}

/** 403 for a cross-site request: a page for a form that a browser posted, JSON otherwise. */
export function crossSite(appOrigin: string, { isForm }: { isForm: boolean }): Response {
  if (isForm) return crossSitePage(appOrigin)
  return withoutPage(Response.json(errorBody(crossSiteFailure(appOrigin)), { status: 403 }))
}

/**
 * 503 that keeps all tokens: JSON under /api/, otherwise a page. The page reloads `address` by itself if `mayRepeat`, which is false
 * for a request that is not safe to repeat. `challenge` are the `Set-Cookie` lines of a challenge.
 */
export function unavailable(
  retryAfterSeconds: number,
  { isApi, mayRepeat, address, challenge }: Unavailable,
): Response {
  const response = isApi
    ? withoutPage(Response.json(errorBody(UNAVAILABLE), { status: 503 }))
    : unavailablePage(retryAfterSeconds, mayRepeat ? address : null)
  response.headers.set('Retry-After', String(retryAfterSeconds))
  for (const line of challenge) response.headers.append('Set-Cookie', line)
  return response
}

interface Unavailable {
  readonly isApi: boolean
  readonly mayRepeat: boolean
  readonly address: URL
  readonly challenge: readonly string[]
}

function unavailablePage(retryAfterSeconds: number, address: URL | null): Response {
  const next =
    address === null
      ? '<p>What you sent was not processed. Go back and send it again in a moment.</p>'
      : `<p id="waiting" role="timer" hidden>This page tries again by itself.</p><p><a id="again" class="button" href="${escapeHtml(address.href)}">Try again</a></p>`
  return plainPage({
    status: 503,
    title: 'We can’t answer just now',
    body: `<p>Something on our side did not respond. You are still signed in: nobody was signed out, and nothing was changed.</p>${next}`,
    ...(address === null ? {} : { script: retryScript(retryAfterSeconds) }),
  })
}

const FORGET_AFTER_MS = 600_000
const MAX_WAIT_SECONDS = 300

/**
 * Reloads the page after a delay that doubles each time in this tab, and counts down to it. It replaces the history entry, so that
 * the back button still leaves the page. Without scripts, the page has a link.
 */
function retryScript(seconds: number): string {
  return `(() => {
  const again = document.getElementById('again')
  const key = 'asked again: ' + again.href
  const now = Date.now()
  let times = 0
  try {
    const [before, at] = JSON.parse(sessionStorage.getItem(key) || '[0,0]')
    if (Math.abs(now - at) < ${FORGET_AFTER_MS}) times = before
    sessionStorage.setItem(key, JSON.stringify([times + 1, now]))
  } catch {
    return
  }
  const isHere = again.href === location.href.split('#')[0]
  const ask = () => (isHere ? location.reload() : location.replace(again.href + location.hash))
  const waiting = document.getElementById('waiting')
  let left = Math.min(${seconds} * 2 ** times, ${MAX_WAIT_SECONDS})
  const show = () => {
    waiting.textContent = 'This page tries again by itself' + (left > 0 ? ' in ' + left + ' s.' : ', now.')
  }
  setTimeout(ask, left * 1000)
  show()
  waiting.hidden = false
  setInterval(() => {
    left = Math.max(0, left - 1)
    show()
  }, 1000)
})()`
}

/** A page that reloads itself: browsers withhold a `SameSite=Strict` cookie when a link of another site is followed. */
export function reloadSameSite(): Response {
  const head = '<meta http-equiv="refresh" content="0">'
  return plainPage({ status: 200, title: 'One moment…', head, body: '' })
}

function withoutPage(response: Response): Response {
  response.headers.set('Content-Security-Policy', NO_PAGE_POLICY)
  return neverStored(response)
}

function neverStored(response: Response): Response {
  response.headers.set('Cache-Control', NEVER_STORED)
  return response
}
