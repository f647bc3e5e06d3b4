import 'server-only'
import type { BodyFormat, RefreshContract } from '@/contracts/contract'
import { receivedAt } from '@/http/request/received-at'
import { services } from '@/server/composition'
import { clientOf, parseClient } from '@/server/http/client-info'
import { HttpError, refreshRefusal } from '@/server/http/http-error'
import { readBody, readOptionalBody } from '@/server/http/request-body'
import { type Methods, resource } from '@/server/http/resource'
import { route, toResponse } from '@/server/http/route'
import { SessionError } from '@/session/errors'
import type { RefreshRequest } from '@/session/refresh'
import type { ClientInfo } from '@/session/session'
import { findOAuthClient } from '../clients/oauth-client'
import { watchRefresh } from './observed-refresh'

/** A refresh endpoint that speaks `contract`. */
export function refreshEndpoint<Body>(contract: RefreshContract<Body>): Methods {
  const options = { contract, refusal: refreshRefusal, guardsReads: contract.method === 'GET' }
  const handler = async (request: Request) =>
    toResponse(await watchRefresh(contract.name, (decided) => refresh(contract, request, decided)))
  return resource({ [contract.method]: route(handler, options) }, options)
}

async function refresh<Body>(
  contract: RefreshContract<Body>,
  request: Request,
  decided: RefreshRequest['decided'],
) {
  const { config, clock, engine, callers, throttle } = await services()
  const { headers } = request
  const body = await bodyOf(request, contract.body)
  const clientId = contract.hasClients ? await findOAuthClient(headers, body ?? {}) : null
  const asked = { headers, body, cookies: config, clientId }
  const rejected = contract.reject?.(asked) ?? null
  if (rejected) throw new HttpError(400, rejected.code, rejected.message)

  const { tokens, jar = false, challenges = [], ...reading } = contract.read(asked)
  const [token, ...others] = tokens
  if (token === undefined) throw new SessionError('missing_refresh_token')
  const assertion = headers.get('x-internal-caller')
  // No cookie has a space in it (RFC 6265 §4.1.1): other tokens are another text.
  const caller =
    assertion === null ? null : await callers.read(assertion, tokens.join(' '), clock())
  const client: ClientInfo = caller ? parseClient(caller) : clientOf(headers)
  try {
    const granted = await engine.refresh({
      ...reading,
      tokens: [token, ...others],
      jar,
      challenges,
      client,
      oauthClientId: clientId,
      // Before it reached middleware's machine, and since it has reached this one. A caller without an assertion could
      // begin a request early and name its token late, so its waiting does not count.
      waitedMs: caller ? caller.waitedMs + receivedAt(headers, config).waitedMs() : 0,
      decided,
    })
    return contract.grant(granted, asked)
  } catch (error) {
    if (error instanceof SessionError && error.code === 'invalid_refresh_token') {
      await throttle.invalidRefresh(client.address)
    }
    throw error
  }
}

function bodyOf<Body>(request: Request, format: BodyFormat<Body> | null): Promise<Body> {
  // A contract without a body has no use for one: its Body is undefined.
  if (format === null) return Promise.resolve(undefined as Body)
  const read = format.optional ? readOptionalBody : readBody
  return read(request, format.schema, [format.mediaType])
}
