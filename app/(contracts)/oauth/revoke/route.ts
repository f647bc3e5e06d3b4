import { FORM, NEVER_STORED, oauth, oneTokenBody } from '@/contracts/oauth'
import { clientOf } from '@/server/client'
import { route } from '@/server/http'
import { HttpError, refreshRefusal } from '@/server/http-error'
import { findOAuthClient } from '@/server/oauth-client'
import { readBody } from '@/server/request-body'
import { resource } from '@/server/resource'
import { rekindle } from '@/server/sessions'

const options = { contract: oauth, refusal: refreshRefusal }

/** RFC 7009: 200 whatever the token was, unless it is another client's. */
const revoke = route(async (request) => {
  const { token, ...client } = await readBody(request, oneTokenBody, [FORM])
  const clientId = await findOAuthClient(request.headers, client)
  if (token === undefined) throw new HttpError(400, 'INVALID_BODY', 'token: is needed')
  const { engine } = await rekindle()
  await engine.revoke(token, clientOf(request.headers), clientId)
  return new Response(null, { headers: NEVER_STORED })
}, options)

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: revoke }, options)
