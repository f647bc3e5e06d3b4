import type { Me } from '@/contracts/account'
import { requireApiSession } from '@/server/dal'
import { route } from '@/server/http'
import { resource } from '@/server/resource'

const tellWho = route(async () => {
  const { userId, userName, sessionId, accessExpiresAt } = await requireApiSession()
  return Response.json({
    user: { id: userId, name: userName },
    session: { id: sessionId, accessTokenExpiresAt: new Date(accessExpiresAt).toISOString() },
  } satisfies Me)
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: tellWho })
