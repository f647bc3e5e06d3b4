import 'server-only'
import { bearerToken } from '@/http/request/bearer'
import { HttpError } from '@/server/http/http-error'
import { isSameSecret } from './secret'

/**
 * Lets through who shows this very secret as a Bearer token, compared in constant time.
 * @throws HttpError 404 where there is no secret, and so nobody who knows it; else 401 with this code.
 */
export function requireBearerSecret(
  headers: Pick<Headers, 'get'>,
  secret: string | null,
  { code, message }: { readonly code: string; readonly message: string },
): void {
  if (secret === null) throw new HttpError(404, 'NOT_FOUND', 'This is not served here')
  const given = bearerToken(headers)
  if (given !== null && isSameSecret(given, secret)) return
  const challenge = given === null ? 'Bearer' : 'Bearer error="invalid_token"'
  throw new HttpError(401, code, message, { 'WWW-Authenticate': challenge })
}
