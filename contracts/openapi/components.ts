import { cookieName } from '@/http/request/cookies'
import { failureBody } from './failures'
import { jsonSchema } from './json-schema'
import type { Credential, HeaderName } from './operation'

/** What the answers that fail refer to. */
export const FAILURE_REFERENCE = { $ref: '#/components/schemas/Failure' } as const

export function sharedSchemas() {
  return { Failure: jsonSchema(failureBody, 'answered') }
}

/** How each credential is sent; on an https origin the names of the cookies bear their prefix. */
export function securitySchemes(secure: boolean): Record<Exclude<Credential, 'nobody'>, object> {
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
    accessBearer: bearer('The access token. Where it is sent, no cookie is looked at.'),
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

/** What each header of an answer says. */
export const HEADERS: Readonly<Record<HeaderName, string>> = {
  Allow: 'The methods that this path has.',
  'Cache-Control': 'Who may keep this answer, and for how long.',
  ETag: 'Changes with the content.',
  Location: 'Where to go on.',
  'Retry-After': 'After how many seconds trying again makes sense.',
  'Set-Cookie': 'Tokens that were minted, for the cookie jar; or their deletion.',
  'WWW-Authenticate': 'What is missing (RFC 6750 §3), or how a client proves itself.',
}
