import type { Me } from '@/contracts/account'
import { protectedRoute } from '@/server/auth/session/protected-route'
import { resource } from '@/server/http/resource'

const show = protectedRoute(async (_request, session) => {
  const { userId, userName, sessionId, accessExpiresAt, claims } = session
  return Response.json({
    user: { id: userId, name: userName },
    session: { id: sessionId, accessTokenExpiresAt: new Date(accessExpiresAt).toISOString() },
    ...(Object.keys(claims).length === 0 ? {} : { claims }),
  } satisfies Me)
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: show })
