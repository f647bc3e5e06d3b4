import { cookieName } from '@/http/request/cookies'
import { failureBody } from './failures'
import { jsonSchema } from './json-schema'
import type { Credential, HeaderName } from './operation'

/** The reference to the schema of failures. */
export const FAILURE_REFERENCE = { $ref: '#/components/schemas/Failure' } as const

/** The schemas that operations refer to. */
export function sharedSchemas() {
  return { Failure: jsonSchema(failureBody, 'response') }
}

/** How each credential is sent. On an https origin (`secure`), the names of the cookies have the `__Host-` prefix. */
export function securitySchemes(secure: boolean): Record<Exclude<Credential, 'none'>, object> {
  const cookie = (role: 'access' | 'refresh', description: string) => ({
    type: 'apiKey',
    in: 'cookie',
    name: cookieName(role, { secure }),
    description,
  })
  const bearer = (description: string) => ({
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description,
  })
  return {
    accessCookie: cookie('access', 'The access token in its cookie, as sign-in sets it.'),
    accessBearer: bearer('The access token. If it is sent, cookies are ignored.'),
    refreshCookie: cookie('refresh', 'The refresh token in its cookie, as sign-in sets it.'),
    refreshBearer: bearer('The refresh token.'),
    keptCookie: {
      type: 'apiKey',
      in: 'cookie',
      name: 'RefreshToken',
      description: 'The refresh token in the cookie of `cookie-get`, as `POST /login` sets it.',
    },
    clientBasic: { type: 'http', scheme: 'basic', description: 'A client of `OAUTH_CLIENTS`.' },
    cronBearer: { type: 'http', scheme: 'bearer', description: 'The value of `CRON_SECRET`.' },
    metricsBearer: { type: 'http', scheme: 'bearer', description: 'The value of `METRICS_TOKEN`.' },
  }
}

/** The description of each response header. */
export const HEADERS: Readonly<Record<HeaderName, string>> = {
  Allow: 'The methods that this path supports.',
  'Cache-Control': 'Which caches may store this response, and for how long.',
  ETag: 'Changes with the content.',
  Location: 'The URL to continue at.',
  'Retry-After': 'After how many seconds to try again.',
  'Set-Cookie': 'New tokens for the cookie jar, or their deletion.',
  'WWW-Authenticate': 'The scheme, and what is wrong with the credentials (RFC 6750 §3).',
}
