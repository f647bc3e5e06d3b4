import { readLife } from '@/server/auth/session/life'
import { protectedRoute } from '@/server/auth/session/protected-route'
import { requireSamePersonByQuery } from '@/server/auth/session/rendered-for'
import { resource } from '@/server/http/resource'

const show = protectedRoute(async ({ url }, session) => {
  requireSamePersonByQuery(url, session)
  return Response.json(await readLife(session))
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: show })
