import { protectedRoute } from '@/server/auth/session/protected-route'
import { RECENT_AUTH_MS, requireRecentApiAuth } from '@/server/auth/session/recent-auth'
import { services } from '@/server/composition'
import { clientOf } from '@/server/http/client-info'
import { HttpError } from '@/server/http/http-error'
import { resource } from '@/server/http/resource'

type Context = { params: Promise<{ id: string }> }

const end = protectedRoute<Context>(async (request, session, { params }) => {
  const { userId, sessionId } = session
  const { engine } = await services()
  const { id } = await params
  if (id !== sessionId) await requireRecentApiAuth(session, { maxAgeMs: RECENT_AUTH_MS })
  const reason = id === sessionId ? 'signed_out' : 'ended_elsewhere'
  const ended = await engine.end(id, reason, clientOf(request.headers), userId)
  if (!ended) throw new HttpError(404, 'SESSION_NOT_FOUND', 'You have no such live session')
  return new Response(null, { status: 204 })
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ DELETE: end })
