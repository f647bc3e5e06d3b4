import type { Me } from '@/contracts/account'
import { requireApiSession } from '@/server/dal'
import { route } from '@/server/http'

export const GET = route(async () => {
  const { userId, userName, sessionId, accessExpiresAt } = await requireApiSession()
  return Response.json({
    user: { id: userId, name: userName },
    session: { id: sessionId, accessTokenExpiresAt: new Date(accessExpiresAt).toISOString() },
  } satisfies Me)
})
