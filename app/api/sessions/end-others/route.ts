import type { Ended } from '@/contracts/account'
import { protectedRoute } from '@/server/auth/session/protected-route'
import { RECENT_AUTH_MS, requireRecentApiAuth } from '@/server/auth/session/recent-auth'
import { services } from '@/server/composition'
import { clientOf } from '@/server/http/client-info'
import { resource } from '@/server/http/resource'

const endOthers = protectedRoute(async (request, session) => {
  const { userId, sessionId } = await requireRecentApiAuth(session, { maxAgeMs: RECENT_AUTH_MS })
  const { engine } = await services()
  const ended = await engine.endOthers(userId, sessionId, clientOf(request.headers))
  return Response.json({ ended } satisfies Ended)
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: endOthers })
