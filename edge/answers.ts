import { NextResponse } from 'next/server'
import { crossSitePage, plainPage } from '@/session/plain-page'
import type { SignInReason } from '@/session/return-path'
import { NO_PAGE_POLICY, pagePolicy } from '@/session/security-headers'

export const NEVER_STORED = 'private, no-store'

/** Lets a file of `public/` be served, as everybody's. */
export function publicFile({ secure }: { secure: boolean }): Response {
  const response = NextResponse.next()
  const policy = pagePolicy(btoa(crypto.randomUUID()), { secure, development: false })
  response.headers.set('Content-Security-Policy', policy)
  return response
}

/** 307 to the same address, which the client repeats with what its jar holds by then: method and body survive. */
export function askJarAgain(url: URL, setCookies: readonly string[]): Response {
  const response = NextResponse.redirect(url, 307)
  for (const line of setCookies) response.headers.append('Set-Cookie', line)
  return neverStored(response)
}

export function toSignIn(url: URL): Response {
  return neverStored(NextResponse.redirect(url, 303))
}

/** 401 of a protected resource (RFC 6750 §3). */
export function unauthorized(reason: SignInReason | null): Response {
  const message = 'This request needs a live session'
  const error = { code: 'INVALID_ACCESS_TOKEN', message, status: 401, ...(reason && { reason }) }
  const headers = { 'WWW-Authenticate': 'Bearer error="invalid_token"' }
  return bare(Response.json({ error }, { status: 401, headers }))
}

/** 403: to a program JSON, to a form that a browser posted a page. */
export function crossSite(appOrigin: string, { isForm }: { isForm: boolean }): Response {
  if (isForm) return crossSitePage(appOrigin)
  const message = `This request came from another site than ${appOrigin}`
  const error = { code: 'CROSS_SITE_REQUEST', message, status: 403 }
  return bare(Response.json({ error }, { status: 403 }))
}

/** 503, with every cookie left alone: JSON under /api/, else a page that asks again by itself, unless that would post again. */
export function unavailable(
  retryAfterSeconds: number,
  { isApi, mayRepeat }: { isApi: boolean; mayRepeat: boolean },
): Response {
  const init = { status: 503, headers: { 'Retry-After': String(retryAfterSeconds) } }
  if (isApi) {
    const message = 'Temporarily unavailable; nothing was changed, try again'
    return bare(Response.json({ error: { code: 'UNAVAILABLE', message, status: 503 } }, init))
  }
  const next = mayRepeat
    ? '<p>This page tries again by itself.</p>'
    : '<p>What you sent was not processed. Go back and send it again in a moment.</p>'
  const refresh = mayRepeat ? `<meta http-equiv="refresh" content="${retryAfterSeconds}">` : ''
  const response = plainPage({
    status: 503,
    title: 'One moment, please',
    head: refresh,
    body: `<p>We cannot reach our servers just now. You are still signed in.</p>${next}`,
  })
  response.headers.set('Retry-After', String(retryAfterSeconds))
  return response
}

/** The same address asked again from this site: a strict cookie stays at home when another site's link is followed. */
export function askAgainFromHere(): Response {
  const head = '<meta http-equiv="refresh" content="0">'
  return plainPage({ status: 200, title: 'One moment…', head, body: '' })
}

function bare(response: Response): Response {
  response.headers.set('Content-Security-Policy', NO_PAGE_POLICY)
  return neverStored(response)
}

function neverStored(response: Response): Response {
  response.headers.set('Cache-Control', NEVER_STORED)
  return response
}
