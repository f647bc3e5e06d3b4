import 'server-only'
import type { BodyFormat, RefreshContract } from '@/contracts/contract'
import { receivedAt } from '@/http/request/received-at'
import { INTERNAL_CALLER_HEADER } from '@/http/wire'
import { services } from '@/server/composition'
import { clientOf, parseClient } from '@/server/http/client-info'
import { refreshRefusal } from '@/server/http/http-error'
import { readBody, readOptionalBody } from '@/server/http/request-body'
import { type Methods, resource } from '@/server/http/resource'
import { route, toResponse } from '@/server/http/route'
import type { RefreshRequest } from '@/session/refresh'
import { findOAuthClient } from '../clients/oauth-client'
import { exchange } from './exchange'
import { observeRefresh } from './observed-refresh'

/** The handlers of a refresh route whose requests and responses have the wire format of `contract`. */
export function refreshEndpoint<Body>(contract: RefreshContract<Body>): Methods {
  const options = { contract, refusal: refreshRefusal, guardsReads: contract.method === 'GET' }
  const handler = async (request: Request) =>
    toResponse(
      await observeRefresh(contract.name, (decided) => refresh(contract, request, decided)),
    )
  return resource({ [contract.method]: route(handler, options) }, options)
}

async function refresh<Body>(
  contract: RefreshContract<Body>,
  request: Request,
  decided: RefreshRequest['decided'],
) {
  const { config, clock, callers } = await services()
  const { headers } = request
  const body = await bodyOf(request, contract.body)
  const clientId = contract.hasClients ? await findOAuthClient(headers, body ?? {}) : null
  const asked = { headers, body, cookies: config, clientId }
  const assertion = headers.get(INTERNAL_CALLER_HEADER)
  return exchange(contract, asked, decided, async (tokens) => {
    // A cookie value contains no space (RFC 6265 §4.1.1), so different tokens never join to the same text.
    const asserted =
      assertion === null ? null : await callers.read(assertion, tokens.join(' '), clock())
    if (asserted === null) return { client: clientOf(headers), waitedMs: 0 }
    // The time that the request waited on middleware's machine and on this one. For a request without an assertion it is 0:
    // a client could open a request early and send its token late.
    const waitedMs = asserted.waitedMs + receivedAt(headers, config).waitedMs()
    return { client: parseClient(asserted), waitedMs }
  })
}

function bodyOf<Body>(request: Request, format: BodyFormat<Body> | null): Promise<Body> {
  // The `Body` type of a contract without a body is `undefined`.
  if (format === null) return Promise.resolve(undefined as Body)
  const read = format.optional ? readOptionalBody : readBody
  return read(request, format.schema, [format.mediaType])
}
