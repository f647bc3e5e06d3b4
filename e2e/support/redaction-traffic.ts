import {
  ask,
  CLIENT_BASIC,
  cookieIn,
  REFRESHERS,
  type WireRequest,
  type WireResponse,
} from './clients/wire'
import { takeSessionsAway } from './server/database'
import { type AppServer, OAUTH_CLIENT, type User } from './server/server'

/** Every secret sent or received so far. */
type Words = Set<string>

/** Sends every kind of request that carries a secret, valid and forged, and returns those secrets. */
export async function makeTraffic(
  server: AppServer,
  user: User,
  metricsToken: string,
): Promise<Words> {
  const words: Words = new Set([user.password, OAUTH_CLIENT.secret, CLIENT_BASIC.authorization])
  const send = async (path: string, request: WireRequest = {}) => {
    const response = await ask(server, path, request)
    remember(words, request, response)
    return response
  }
  const name = { username: user.name }
  const enter = async (path = '/api/auth/login') =>
    send(path, { json: { ...name, password: user.password } })
  const cookiesOf = (response: WireResponse) => ({
    access_token: cookieIn(response, 'access_token') ?? '',
    refresh_token: cookieIn(response, 'refresh_token') ?? '',
  })

  // Each contract, with a token from its own sign-in.
  for (const { rotates, refresh } of Object.values(REFRESHERS)) {
    const response = await enter(rotates ? undefined : '/login')
    const token = rotates ? cookieIn(response, 'refresh_token') : fieldOf(response, 'refresh_token')
    await server.kit.passTime(60_000, { user })
    remember(words, {}, await refresh(server, token ?? ''))
  }

  // Pages that refresh on the way; once with every secret in a place where it does not belong.
  const signedIn = await enter()
  const { refresh_token, access_token } = cookiesOf(signedIn)
  const misplaced = `/dashboard?token=${refresh_token}&password=${user.password}`
  await send(misplaced, { cookies: { access_token } })
  await server.kit.passTime(60_000, { user })
  const page = await send('/dashboard', {
    cookies: { refresh_token },
    headers: { 'x-request-id': refresh_token.slice(0, 100), 'user-agent': refresh_token },
  })

  // A replaced token: challenged in a jar, refused without one, and at last treated as a copy.
  await server.kit.passTime(60_000, { user })
  await send('/devices', { cookies: { refresh_token } })
  await send('/refresh', { json: { refresh_token } })
  const second = cookieIn(page, 'refresh_token') ?? ''
  await send('/api/auth/refresh', { method: 'POST', cookies: { refresh_token: second } })
  await server.kit.passTime(60_000, { user })
  await send('/api/auth/refresh', { method: 'POST', cookies: { refresh_token } })
  await send('/dashboard', { cookies: { refresh_token } })

  // Forged tokens, wrong credentials, and an unknown path.
  const [head, claims, signature = ''] = access_token.split('.')
  const forged = `${head}.${claims}.${[...signature].reverse().join('')}`
  await send('/api/me', { bearer: forged })
  await send('/refresh_token', { method: 'POST', bearer: forged })
  await send('/oauth/token', { form: { grant_type: 'refresh_token', refresh_token: forged } })
  await send('/api/metrics', { bearer: `wrong-${metricsToken}` })
  await send('/oauth/introspect', { form: { token: access_token }, headers: CLIENT_BASIC })
  const wrongBasic = `Basic ${btoa(`${OAUTH_CLIENT.id}:${metricsToken}`)}`
  words.add(wrongBasic)
  await send('/oauth/revoke', { form: { token: forged }, headers: { authorization: wrongBasic } })
  await send('/nowhere', { headers: { cookie: `access_token=${forged}`, referer: misplaced } })

  // The database fails during a sign-in, a page and a refresh.
  const away = await enter()
  const bringBack = takeSessionsAway(server)
  await send('/api/auth/refresh', { method: 'POST', cookies: cookiesOf(away) })
  await send('/dashboard', { cookies: { refresh_token: cookiesOf(away).refresh_token } })
  await send('/dashboard', { cookies: cookiesOf(away) })
  await enter()
  bringBack()

  const again = await enter()
  const changed = { currentPassword: user.password, newPassword: `${user.password}-and-more` }
  words.add(changed.newPassword)
  await send('/api/account/password', { json: changed, cookies: cookiesOf(again) })
  for (let n = 0; n < 7; n++) {
    await send('/api/auth/login', { json: { ...name, password: `a-wrong-password-${n}` } })
    words.add(`a-wrong-password-${n}`)
  }
  words.delete('')
  return words
}

function fieldOf({ body }: WireResponse, name: string): string {
  return (body as Record<string, string>)[name] ?? ''
}

function remember(words: Words, request: WireRequest, { setCookies, body }: WireResponse): void {
  for (const value of Object.values(request.cookies ?? {})) words.add(value)
  if (request.bearer) words.add(request.bearer)
  for (const line of setCookies) {
    words.add(line.slice(line.indexOf('=') + 1).split(';', 1)[0] ?? '')
  }
  for (const [token] of JSON.stringify(body).matchAll(/[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g)) {
    words.add(token)
  }
}
