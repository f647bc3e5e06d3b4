import { streamLife } from '@/server/auth/session/life-stream'
import { protectedRoute } from '@/server/auth/session/protected-route'
import { requireSamePersonByQuery } from '@/server/auth/session/rendered-for'
import { resource } from '@/server/http/resource'

const watch = protectedRoute(async ({ url, method, signal }, session) => {
  requireSamePersonByQuery(url, session)
  // Nobody would read the stream of a HEAD.
  return streamLife(session, method === 'HEAD' ? AbortSignal.abort() : signal)
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: watch })
