import { services } from '@/server/composition'
import { resource } from '@/server/http/resource'
import { route } from '@/server/http/route'

/**
 * The headers of the public keys of access tokens (RFC 7517 §5). Caches keep the keys for five minutes, so that a withdrawn key
 * disappears soon, and for an hour while this server is down, so that verifiers keep working.
 */
const HEADERS = {
  'Content-Type': 'application/jwk-set+json',
  'Cache-Control': 'public, max-age=300, stale-if-error=3600',
}

const read = route(async () => {
  const { publicKeys } = await services()
  return Response.json(publicKeys, { headers: HEADERS })
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: read })
