import type { Ended } from '@/contracts/account'
import { clientOf } from '@/server/client'
import { protectedRoute } from '@/server/protected-route'
import { resource } from '@/server/resource'
import { rekindle } from '@/server/sessions'

const endOthers = protectedRoute(async (request, { userId, sessionId }) => {
  const { engine } = await rekindle()
  const ended = await engine.endOthers(userId, sessionId, clientOf(request.headers))
  return Response.json({ ended } satisfies Ended)
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: endOthers })
