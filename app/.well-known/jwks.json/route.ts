import { services } from '@/server/composition'
import { resource } from '@/server/http/resource'
import { route } from '@/server/http/route'

/**
 * The public keys of access tokens (RFC 7517 §5). Kept for five minutes, and for an hour where we do not answer: a key that
 * was taken back must be gone soon, and an outage of ours is none of the verifier's.
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
