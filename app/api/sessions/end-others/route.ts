import type { Ended } from '@/contracts/account'
import { clientOf } from '@/server/client'
import { protectedRoute } from '@/server/protected-route'
import { RECENT_AUTH_MS, requireRecentApiAuth } from '@/server/recent-auth'
import { resource } from '@/server/resource'
import { rekindle } from '@/server/sessions'

const endOthers = protectedRoute(async (request, session) => {
  const { userId, sessionId } = await requireRecentApiAuth(session, { maxAgeMs: RECENT_AUTH_MS })
  const { engine } = await rekindle()
  const ended = await engine.endOthers(userId, sessionId, clientOf(request.headers))
  return Response.json({ ended } satisfies Ended)
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: endOthers })
