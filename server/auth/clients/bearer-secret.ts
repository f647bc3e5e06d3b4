import 'server-only'
import { bearerToken } from '@/http/request/bearer'
import type { ErrorCode } from '@/http/wire'
import { HttpError } from '@/server/http/http-error'
import { isSameSecret } from './secret'

/**
 * Requires `secret` as the request's Bearer token (RFC 6750 §2.1), compared in constant time.
 * @throws HttpError 404 NOT_FOUND if no secret is configured, 401 with the given code if the token is missing or wrong.
 */
export function requireBearerSecret(
  headers: Pick<Headers, 'get'>,
  secret: string | null,
  { code, message }: { readonly code: ErrorCode; readonly message: string },
): void {
  if (secret === null) throw new HttpError(404, 'NOT_FOUND', 'This is not served here')
  const given = bearerToken(headers)
  if (given !== null && isSameSecret(given, secret)) return
  const challenge = given === null ? 'Bearer' : 'Bearer error="invalid_token"'
  throw new HttpError(401, code, message, { 'WWW-Authenticate': challenge })
}
