import { getSessionCookie } from 'better-auth/cookies'
import { NextResponse } from 'next/server'

/** The check that better-auth's documents recommend here: is there a cookie? The page checks the session. */
export function proxy(request) {
  if (!getSessionCookie(request)) return NextResponse.redirect(new URL('/sign-in', request.url))
  return NextResponse.next()
}

export const config = { matcher: ['/bench'] }
