import { bearerOrBody } from '@/contracts/bearer-or-body'
import { protectedRoute } from '@/server/auth/session/protected-route'
import { resource } from '@/server/http/resource'

const options = { contract: bearerOrBody }

const read = protectedRoute(
  async () => Response.json('You have access to this protected resource'),
  options,
)

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: read }, options)
