import type { Ended } from '@/contracts/account'
import { clientOf } from '@/server/client'
import { requireApiSession } from '@/server/dal'
import { route } from '@/server/http'
import { otherMethods } from '@/server/method'
import { rekindle } from '@/server/sessions'

export const POST = route(async (request) => {
  const { userId, sessionId } = await requireApiSession()
  const { engine } = await rekindle()
  const ended = await engine.endOthers(userId, sessionId, clientOf(request.headers))
  return Response.json({ ended } satisfies Ended)
})

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods('POST')
