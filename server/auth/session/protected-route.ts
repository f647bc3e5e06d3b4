import 'server-only'
import { type Handler, type RouteOptions, route } from '@/server/http/route'
import { type CurrentSession, requireApiSession } from './live-session'
import { requireSamePerson } from './rendered-for'

/** A route handler that also receives the live session of its request. */
export type ProtectedHandler<Context = unknown> = (
  request: Request,
  session: CurrentSession,
  context: Context,
) => Promise<Response>

/**
 * Makes a route handler for signed-in users, by a Bearer token or a cookie. Without a live session it answers 401 with
 * `WWW-Authenticate: Bearer` (RFC 6750 §3), and during an outage 503 with `Retry-After`, both as JSON in the usual format of
 * errors. A request of a page that was rendered for another user is refused with 409. In everything else it is a `route`:
 * cross-site writes are refused and responses are not cached.
 */
export function protectedRoute<Context = unknown>(
  handler: ProtectedHandler<Context>,
  options: RouteOptions = {},
): Handler<Context> {
  return route<Context>(async (request, context) => {
    const session = await requireApiSession(request.headers)
    requireSamePerson(request.headers, session)
    return handler(request, session, context)
  }, options)
}
