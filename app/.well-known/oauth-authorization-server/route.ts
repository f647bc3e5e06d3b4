import { oauth, serverMetadata } from '@/contracts/oauth'
import { services } from '@/server/composition'
import { resource } from '@/server/http/resource'
import { route } from '@/server/http/route'

const options = { contract: oauth }

/** The authorization server metadata (RFC 8414). Caches may keep it for five minutes. */
const describe = route(async () => {
  const { config } = await services()
  return Response.json(serverMetadata(config.issuer, config.appOrigin), {
    headers: { 'Cache-Control': 'public, max-age=300' },
  })
}, options)

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: describe }, options)
