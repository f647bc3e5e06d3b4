import { FORM, introspection, NEVER_STORED, oauth, oneTokenBody } from '@/contracts/oauth'
import { requireOAuthClient } from '@/server/auth/clients/oauth-client'
import { services } from '@/server/composition'
import { HttpError } from '@/server/http/http-error'
import { readBody } from '@/server/http/request-body'
import { resource } from '@/server/http/resource'
import { route } from '@/server/http/route'

const options = { contract: oauth }

/** Token introspection (RFC 7662), for configured clients. `active` reflects the session's row, not only the signature. */
const introspect = route(async (request) => {
  const { token, ...client } = await readBody(request, oneTokenBody, [FORM])
  await requireOAuthClient(request.headers, client)
  if (token === undefined) throw new HttpError(400, 'INVALID_BODY', 'token: is needed')
  const { config, engine } = await services()
  const found = await engine.introspect(token)
  return Response.json(introspection(found, config), { headers: NEVER_STORED })
}, options)

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource(
  { POST: introspect },
  options,
)
