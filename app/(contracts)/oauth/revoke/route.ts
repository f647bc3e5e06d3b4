import { FORM, NEVER_STORED, oauth, oneTokenBody } from '@/contracts/oauth'
import { findOAuthClient } from '@/server/auth/clients/oauth-client'
import { services } from '@/server/composition'
import { clientOf } from '@/server/http/client-info'
import { HttpError, refreshRefusal } from '@/server/http/http-error'
import { readBody } from '@/server/http/request-body'
import { resource } from '@/server/http/resource'
import { route } from '@/server/http/route'

const options = { contract: oauth, refusal: refreshRefusal }

/** Token revocation (RFC 7009). Responds with 200 even for an invalid token, but refuses a token of another client. */
const revoke = route(async (request) => {
  const { token, ...client } = await readBody(request, oneTokenBody, [FORM])
  const clientId = await findOAuthClient(request.headers, client)
  if (token === undefined) throw new HttpError(400, 'INVALID_BODY', 'token: is needed')
  const { engine } = await services()
  await engine.revoke(token, clientOf(request.headers), clientId)
  return new Response(null, { headers: NEVER_STORED })
}, options)

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: revoke }, options)
