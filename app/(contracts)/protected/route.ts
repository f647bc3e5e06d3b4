import { bearerOrBody } from '@/contracts/bearer-or-body'
import { requireApiSession } from '@/server/dal'
import { route } from '@/server/http'
import { resource } from '@/server/resource'

const options = { contract: bearerOrBody }

const read = route(async () => {
  await requireApiSession()
  return Response.json('You have access to this protected resource')
}, options)

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: read }, options)
