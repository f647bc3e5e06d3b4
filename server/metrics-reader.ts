import 'server-only'
import type { Config } from '@/config'
import { bearerToken } from '@/session/bearer'
import { HttpError } from './http-error'
import { isSameSecret } from './secret'

/**
 * Lets who reads the metrics through, by METRICS_TOKEN as a Bearer token.
 * @throws HttpError 404 where there is no such token, 401 INVALID_METRICS_TOKEN.
 */
export function requireMetricsReader(
  headers: Pick<Headers, 'get'>,
  { metricsToken }: Pick<Config, 'metricsToken'>,
): void {
  if (metricsToken === null) throw new HttpError(404, 'NOT_FOUND', 'This is not served here')
  const given = bearerToken(headers)
  if (given !== null && isSameSecret(given, metricsToken)) return
  const challenge = given === null ? 'Bearer' : 'Bearer error="invalid_token"'
  throw new HttpError(401, 'INVALID_METRICS_TOKEN', 'This needs the token of the metrics', {
    'WWW-Authenticate': challenge,
  })
}
