import 'server-only'
import type { ContractRequest, RefreshContract, WireResponse } from '@/contracts/contract'
import { services } from '@/server/composition'
import { HttpError } from '@/server/http/http-error'
import { SessionError } from '@/session/errors'
import type { RefreshRequest } from '@/session/refresh'
import type { ClientInfo } from '@/session/session'

/** The client of a refresh, and how long ago, in milliseconds, the server received its request. */
export interface Caller {
  readonly client: ClientInfo
  readonly waitedMs: number
}

/**
 * Exchanges the refresh token of a request in the format of `contract`, within the limits. `callerOf` is asked for the caller,
 * given the tokens of the request.
 * @throws HttpError 400 or 429; SessionError with the reason of a refusal, or `unavailable`.
 */
export async function exchange<Body>(
  contract: RefreshContract<Body>,
  request: ContractRequest<Body>,
  decided: RefreshRequest['decided'],
  callerOf: (tokens: readonly string[]) => Promise<Caller> | Caller,
): Promise<WireResponse> {
  const { engine, throttle } = await services()
  const rejected = contract.reject?.(request) ?? null
  if (rejected) throw new HttpError(400, rejected.code, rejected.message)

  const { tokens, jar = false, challenges = [], ...input } = contract.read(request)
  const [token, ...others] = tokens
  if (token === undefined) throw new SessionError('missing_refresh_token')
  const { client, waitedMs } = await callerOf(tokens)
  try {
    const granted = await engine.refresh({
      ...input,
      tokens: [token, ...others],
      jar,
      challenges,
      client,
      oauthClientId: request.clientId,
      waitedMs,
      decided,
    })
    return contract.grant(granted, request)
  } catch (error) {
    if (error instanceof SessionError && error.code === 'invalid_refresh_token') {
      await throttle.invalidRefresh(client.address)
    }
    throw error
  }
}
