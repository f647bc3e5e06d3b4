import 'server-only'
import type { PasswordChanged } from '@/contracts/account'
import { readRefreshTokenCookies, setRefreshTokenCookie } from '@/contracts/cookie-get'
import { bearerToken } from '@/http/request/bearer'
import { services } from '@/server/composition'
import { cookiesOf } from '@/server/http/route'
import type { Grant } from '@/session/grant'
import { nameKey } from '../sign-in/credentials'
import { appendCookies, grantCookies } from './grant-cookies'
import type { CurrentSession } from './live-session'

/**
 * The response to a password change, with the new tokens of the session that made it. They replace the old ones in each cookie
 * that held them, and are in the body if the request came with a Bearer token. `ended` is the number of other sessions that
 * ended.
 */
export async function passwordChangedResponse(
  { headers }: Request,
  old: Pick<CurrentSession, 'sessionId' | 'userName'>,
  ended: number,
  grant: Grant,
): Promise<Response> {
  const { config, engine } = await services()
  const { access, refresh } = grant
  const inBody =
    bearerToken(headers) === null
      ? {}
      : {
          token: access.token,
          expiresIn: access.expiresInSeconds,
          refreshToken: refresh?.token,
        }
  const response = Response.json({ ended, ...inBody } satisfies PasswordChanged)

  const held = async (tokens: Parameters<typeof engine.identify>[0]) =>
    (await engine.identify(tokens)).some(({ sessionId }) => sessionId === old.sessionId)
  if (await held(cookiesOf(headers, config))) {
    const cookies = await grantCookies(headers, grant, nameKey(old.userName))
    appendCookies(response.headers, cookies, config)
  }
  const kept = readRefreshTokenCookies(headers, config)
  if (refresh && (await held({ refresh: kept, access: [] }))) {
    const { token, expiresInSeconds } = refresh
    const line = setRefreshTokenCookie(token, expiresInSeconds, headers, config)
    response.headers.append('Set-Cookie', line)
  }
  return response
}
