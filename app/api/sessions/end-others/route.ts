import type { Ended } from '@/contracts/account'
import { clientOf } from '@/server/client'
import { requireApiSession } from '@/server/dal'
import { route } from '@/server/http'
import { resource } from '@/server/resource'
import { rekindle } from '@/server/sessions'

const endOthers = route(async (request) => {
  const { userId, sessionId } = await requireApiSession()
  const { engine } = await rekindle()
  const ended = await engine.endOthers(userId, sessionId, clientOf(request.headers))
  return Response.json({ ended } satisfies Ended)
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: endOthers })
