import 'server-only'
import { type Handler, type RouteOptions, route } from '@/server/http/route'
import { type CurrentSession, requireApiSession } from './dal'
import { requireSamePerson } from './rendered-for'

/** A route handler that is called with the live session of its request. */
export type ProtectedHandler<Context = unknown> = (
  request: Request,
  session: CurrentSession,
  context: Context,
) => Promise<Response>

/**
 * A route handler for signed-in people, for programs (Bearer) and pages (cookie) alike. Without a live session it answers 401
 * with `WWW-Authenticate: Bearer` (RFC 6750 §3), during an outage 503 with `Retry-After`, both in the one shape of errors; and
 * in everything else it is a `route`: cross-site writes are refused, answers are never cached. What a page's script asks that
 * was rendered for somebody else is refused with 409.
 */
export function protectedRoute<Context = unknown>(
  handler: ProtectedHandler<Context>,
  options: RouteOptions = {},
): Handler<Context> {
  return route<Context>(async (request, context) => {
    const session = await requireApiSession()
    requireSamePerson(request.headers, session)
    return handler(request, session, context)
  }, options)
}
