import { apiDescription } from '@/server/api-description'
import { services } from '@/server/composition'
import { resource } from '@/server/http/resource'
import { route } from '@/server/http/route'

/** The API description. Its type is `application/json`, which browsers display; the document itself says that it is OpenAPI. */
const describe = route(async (request) => {
  const { config } = await services()
  const { text, etag } = apiDescription(config)
  const headers = { ETag: etag, 'Cache-Control': 'public, max-age=60' }
  const known = request.headers.get('if-none-match')?.includes(etag)
  if (known) return new Response(null, { status: 304, headers })
  return new Response(text, { headers: { ...headers, 'Content-Type': 'application/json' } })
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: describe })
