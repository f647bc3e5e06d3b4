import type { Sessions } from '@/contracts/account'
import { protectedRoute } from '@/server/auth/session/protected-route'
import { services } from '@/server/composition'
import { resource } from '@/server/http/resource'

const list = protectedRoute(async (_request, { userId, sessionId }) => {
  const { engine } = await services()
  const sessions = await engine.list(userId)
  return Response.json({
    sessions: sessions.map((session) => ({
      id: session.id,
      name: session.deviceName,
      current: session.id === sessionId,
      userAgent: session.userAgent,
      address: session.address,
      createdAt: new Date(session.createdAt).toISOString(),
      lastSeenAt: new Date(session.issuedAt).toISOString(),
      expiresAt: new Date(session.expiresAt).toISOString(),
    })),
  } satisfies Sessions)
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: list })
