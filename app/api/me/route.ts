import type { Me } from '@/contracts/account'
import { requireApiSession } from '@/server/dal'
import { route } from '@/server/http'
import { otherMethods } from '@/server/method'

export const GET = route(async () => {
  const { userId, userName, sessionId, accessExpiresAt } = await requireApiSession()
  return Response.json({
    user: { id: userId, name: userName },
    session: { id: sessionId, accessTokenExpiresAt: new Date(accessExpiresAt).toISOString() },
  } satisfies Me)
})

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods('GET')
