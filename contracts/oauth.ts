import { z } from 'zod'
import type { Failure } from '@/http/response/error-body'
import type { ErrorCode } from '@/http/wire'
import type { ActiveToken } from '@/session/engine'
import type { RefreshContract, WireResponse } from './contract'

/** A client id: 1 to 128 visible characters (RFC 6749 §A.1). */
const CLIENT_ID = /^[\x21-\x7e]{1,128}$/
/** The characters that `error_description` must not contain (RFC 6749 §5.2). */
const NOT_IN_DESCRIPTION = /[^\x20-\x21\x23-\x5b\x5d-\x7e]/g

/** An omitted parameter and an empty one are the same (RFC 6749 §3.2). */
const parameter = z
  .string({ error: 'must be a text' })
  .optional()
  .transform((value) => (value === '' ? undefined : value))
const clientParameters = {
  client_id: parameter.refine((id) => id === undefined || CLIENT_ID.test(id), {
    error: 'must be 1 to 128 visible characters',
  }),
  client_secret: parameter,
}

/** The request body of the token endpoint (RFC 6749 §6). */
export const tokenBody = z.object({
  grant_type: parameter,
  refresh_token: parameter,
  scope: parameter,
  ...clientParameters,
})
/** The request body of revocation (RFC 7009 §2.1) and introspection (RFC 7662 §2.1). The hint is ignored: a token states its type. */
export const oneTokenBody = z.object({
  token: parameter,
  token_type_hint: parameter,
  ...clientParameters,
})

/** The media type of every OAuth request body. */
export const FORM = 'application/x-www-form-urlencoded'

/** The refresh of OAuth 2.0 (RFC 6749 §6), for any client library. It rotates. */
export const oauth: RefreshContract<z.output<typeof tokenBody>> = {
  name: 'oauth',
  method: 'POST',
  path: '/oauth/token',
  body: { mediaType: FORM, optional: false, schema: tokenBody },

  hasClients: true,

  reject({ body }) {
    const { grant_type: grantType, scope } = body
    if (grantType === undefined) {
      return { code: 'INVALID_BODY', message: 'grant_type: is needed' }
    }
    if (grantType !== 'refresh_token') {
      return { code: 'UNSUPPORTED_GRANT_TYPE', message: 'The only grant type is refresh_token' }
    }
    // No token is granted with a scope, so none can be requested (RFC 6749 §6).
    if (scope === undefined) return null
    return { code: 'INVALID_SCOPE', message: 'No scope was granted with this token' }
  },

  read({ body, clientId }) {
    const { refresh_token: token } = body
    return {
      tokens: token === undefined ? [] : [token],
      accessOnly: false,
      ...(clientId === null ? {} : { extras: () => ({ clientId }) }),
    }
  },

  grant({ access, refresh }) {
    const body = {
      access_token: access.token,
      token_type: 'Bearer',
      expires_in: access.expiresInSeconds,
      ...(refresh ? { refresh_token: refresh.token } : {}),
    }
    return { status: 200, body, headers: NEVER_STORED }
  },

  fail: failAsOAuth,
}

/** The headers of every response that concerns tokens (RFC 6749 §5.1). */
export const NEVER_STORED = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

const ERRORS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    INVALID_REFRESH_TOKEN: 'invalid_grant',
    UNSUPPORTED_GRANT_TYPE: 'unsupported_grant_type',
    INVALID_SCOPE: 'invalid_scope',
    INVALID_CLIENT: 'invalid_client',
    RATE_LIMITED: 'temporarily_unavailable',
    UNAVAILABLE: 'temporarily_unavailable',
    INTERNAL_ERROR: 'server_error',
  } satisfies Partial<Record<ErrorCode, string>>),
)

/** A failure as `{"error", "error_description"}` (RFC 6749 §5.2). */
export function failAsOAuth({ status, code, message }: Failure): WireResponse {
  const error = ERRORS.get(code) ?? 'invalid_request'
  const body = { error, error_description: message.replace(NOT_IN_DESCRIPTION, "'") }
  if (error === 'invalid_client') {
    const challenge = { 'WWW-Authenticate': 'Basic realm="oauth", charset="UTF-8"' }
    return { status: 401, body, headers: { ...NEVER_STORED, ...challenge } }
  }
  return { status: error === 'invalid_grant' ? 400 : status, body, headers: NEVER_STORED }
}

/** The introspection response (RFC 7662 §2.2). For an inactive token it contains `active: false` only. */
export function introspection(
  token: ActiveToken | null,
  { issuer, audience }: { issuer: string; audience: string },
): Record<string, string | number | boolean> {
  if (token === null) return { active: false }
  const { kind, claims, session } = token
  return {
    active: true,
    sub: claims.userId,
    username: session.userName,
    sid: claims.sessionId,
    iss: issuer,
    iat: Math.floor(claims.issuedAt / 1000),
    exp: Math.floor(claims.expiresAt / 1000),
    ...(kind === 'access'
      ? { token_type: 'Bearer', aud: audience, client_id: claims.clientId, jti: claims.tokenId }
      : session.oauthClientId === null
        ? {}
        : { client_id: session.oauthClientId }),
  }
}

/** The authorization server metadata (RFC 8414). Refresh is the only grant: sign-in is not part of OAuth here. */
export function serverMetadata(issuer: string, origin: string) {
  const clientAuthentication = ['client_secret_basic', 'client_secret_post']
  return {
    issuer,
    token_endpoint: `${origin}/oauth/token`,
    token_endpoint_auth_methods_supported: ['none', ...clientAuthentication],
    grant_types_supported: ['refresh_token'],
    response_types_supported: [],
    revocation_endpoint: `${origin}/oauth/revoke`,
    revocation_endpoint_auth_methods_supported: ['none', ...clientAuthentication],
    introspection_endpoint: `${origin}/oauth/introspect`,
    introspection_endpoint_auth_methods_supported: clientAuthentication,
    jwks_uri: `${origin}/.well-known/jwks.json`,
    service_documentation: `${origin}/docs`,
  }
}
