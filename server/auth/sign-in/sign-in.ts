import 'server-only'
import type { SignedIn } from '@/contracts/sign-in'
import type { PasswordUser, User } from '@/db/database'
import { HOME_PATH } from '@/http/address/own-paths'
import { parseReturnPath } from '@/http/address/return-path'
import { type CookiePolicy, deleteCookie } from '@/http/request/cookies'
import { services } from '@/server/composition'
import { clientOf } from '@/server/http/client-info'
import type { HttpError } from '@/server/http/http-error'
import { formField, isForm } from '@/server/http/request-body'
import { cookiesOf, seeOther } from '@/server/http/route'
import type { Grant } from '@/session/grant'
import type { StartOptions } from '@/session/start'
import { ownUsers } from '../own'
import { findOwnUser } from '../own-users'
import { appendCookies, grantCookies } from '../session/grant-cookies'
import { authenticate, wrongCredentials } from './credentials'
import { observeSignIn } from './observed-sign-in'
import { typedNameCookie } from './typed-name'

/**
 * The user with this name and password; the attempt counts against the address and the device of the request.
 * @throws HttpError 401, 429 or 503, as `authenticate` does.
 */
export async function authenticateRequest(
  { headers }: Request,
  username: string,
  password: string,
): Promise<PasswordUser> {
  const { config, devices } = await services()
  const device = await devices.read(cookiesOf(headers, config).device)
  const { address } = clientOf(headers)
  return observeSignIn(address, () => authenticate(username, password, { address, device }))
}

/**
 * Starts a session for a user whose password has just been verified. It ends the session of the first refresh token in
 * `replaces` that verifies. An own table of users must know the user, too.
 * @throws HttpError 401 INVALID_CREDENTIALS if, since then, the password was changed or the account was deleted or disabled, or
 *   if the own table says so.
 * @throws SessionError `unavailable` if the database or the own table does not answer.
 */
export async function startPasswordSession(
  request: Request,
  user: PasswordUser,
  replaces: readonly string[],
  options?: StartOptions,
): Promise<Grant> {
  const { engine } = await services()
  if (ownUsers) {
    const own = await findOwnUser(ownUsers, user.id)
    if (!own || own.disabled) throw wrongCredentials()
  }
  const grant = await engine.start(user, clientOf(request.headers), replaces, options)
  if (!grant) throw wrongCredentials()
  return grant
}

/**
 * Starts a session and responds with its cookies, and with JSON. To an HTML form it responds with a redirect to `next`, or to
 * the dashboard if `next` is not a path of this origin.
 * @throws HttpError as `startPasswordSession` does.
 */
export async function signIn(
  request: Request,
  user: PasswordUser,
  next?: string,
): Promise<Response> {
  return signInResponse(request, user, isForm(request) ? { next } : null, ({ replaces, attempt }) =>
    startPasswordSession(request, user, replaces, { attempt }),
  )
}

/** A user who signs in. */
export type SigningIn = Pick<User, 'id' | 'name' | 'nameKey' | 'verified'>

/** What the cookies of a request say about a sign-in: the session that it replaces, and the name of the attempt. */
export interface SignInJar {
  readonly replaces: readonly string[]
  readonly attempt: string | null
}

/**
 * The response to a sign-in, with the cookies of the session that `start` starts. With `page` it is a redirect to `page.next`, or to
 * the dashboard if that is not a path of this origin; else it is JSON.
 */
export async function signInResponse(
  request: Request,
  user: SigningIn,
  page: { readonly next: string | null | undefined } | null,
  start: (jar: SignInJar) => Promise<Grant>,
): Promise<Response> {
  const { config } = await services()
  const { headers } = request
  const jar = cookiesOf(headers, config)
  const [attempt = null] = jar.attempt
  const grant = await start({ replaces: jar.refresh, attempt })
  const response = page
    ? seeOther(parseReturnPath(page.next) ?? HOME_PATH)
    : Response.json({
        token: grant.access.token,
        expiresIn: grant.access.expiresInSeconds,
        user: { id: user.id, name: user.name },
      } satisfies SignedIn)
  appendCookies(response.headers, await grantCookies(headers, grant, user.nameKey), config)
  if (attempt !== null) response.headers.append('Set-Cookie', deleteCookie('attempt', config))
  return response
}

const FIELD_ERRORS: Record<string, string> = {
  username: 'invalid_name',
  password: 'invalid_password',
}

/**
 * Makes the `formFailure` of a sign-in or sign-up route: a redirect to the form's page, which shows the error. The return path
 * and the name are kept, the password is not.
 */
export function backToForm(page: '/sign-in' | '/sign-up') {
  return (error: HttpError, request: Request, cookies: CookiePolicy): Response => {
    const query = new URLSearchParams({
      error: FIELD_ERRORS[error.field ?? ''] ?? error.code.toLowerCase(),
    })
    const next = parseReturnPath(formField(request, 'next'))
    if (next !== null) query.set('next', next)
    const response = seeOther(`${page}?${query}`)
    const typedName = typedNameCookie(request, cookies)
    if (typedName !== null) response.headers.append('Set-Cookie', typedName)
    return response
  }
}
