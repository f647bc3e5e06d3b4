import { randomBytes } from 'node:crypto'
import { cookiePairs, signInForTokens } from '../support/clients/script'
import type { AppServer, User } from '../support/server/server'
import { OAUTH_CLIENT } from '../support/server/server'
import { forgeDead, forgeForeign } from './forge'

export const SECRETS = {
  ACCESS_TOKEN_SECRET: randomBytes(32).toString('base64url'),
  REFRESH_TOKEN_SECRET: randomBytes(32).toString('base64url'),
}

/** The users and tokens that requests refer to. `~name~` in a request stands for `values[name]`. */
export interface Identities {
  readonly values: Readonly<Record<string, string>>
  /** Names of forged tokens, which every endpoint refuses or ignores. */
  readonly foreign: readonly string[]
  /** Names of tokens with a valid signature but no live session. Sign-out and revocation may still act on them. */
  readonly dead: readonly string[]
}

/** Registers users with live, ended and retired sessions, and one user whose account is deleted. */
export async function createIdentities(server: AppServer): Promise<Identities> {
  const [owner, other, leaver] = await Promise.all([
    server.register(),
    server.register(),
    server.register(),
  ])
  const [live, ended, gone, retired, others] = await Promise.all([
    signInForTokens(server.origin, owner),
    signInForTokens(server.origin, owner),
    signInForTokens(server.origin, leaver),
    signInForTokens(server.origin, other),
    signInForTokens(server.origin, other),
  ])
  await revoke(server, ended.refresh_token)
  await revoke(server, retired.access_token)
  await leave(server, leaver, gone.access_token)

  const access = { token: live.access_token, secret: SECRETS.ACCESS_TOKEN_SECRET }
  const refresh = { token: live.refresh_token, secret: SECRETS.REFRESH_TOKEN_SECRET }
  const foreign = {
    ...prefixed('access', forgeForeign(access)),
    ...prefixed('refresh', forgeForeign(refresh)),
    nothing: '',
    garbage: 'garbage',
    'null-word': 'null',
    high: '\u00ff\u0080\u00e9',
  }
  const dead = {
    ...prefixed('access', forgeDead(access)),
    ...prefixed('refresh', forgeDead(refresh)),
    'access-ended': ended.access_token,
    'refresh-ended': ended.refresh_token,
    'access-gone': gone.access_token,
    'refresh-gone': gone.refresh_token,
    'access-retired': retired.access_token,
    'device-token': await deviceToken(server, other),
  }
  const basic = (id: string, secret: string) => Buffer.from(`${id}:${secret}`).toString('base64')
  return {
    values: {
      ...foreign,
      ...dead,
      'access-live': live.access_token,
      'refresh-live': live.refresh_token,
      'other-session': server.rows.sessions(other.name).at(-1)?.id ?? '',
      'own-session': server.rows.sessions(owner.name)[0]?.id ?? '',
      'others-refresh': others.refresh_token,
      user: owner.name,
      password: owner.password,
      client: OAUTH_CLIENT.id,
      secret: OAUTH_CLIENT.secret,
      basic: basic(OAUTH_CLIENT.id, OAUTH_CLIENT.secret),
      'basic-wrong': basic(OAUTH_CLIENT.id, `${OAUTH_CLIENT.secret}!`),
      'basic-unknown': basic('nobody', OAUTH_CLIENT.secret),
    },
    foreign: Object.keys(foreign),
    dead: Object.keys(dead),
  }
}

function prefixed(kind: string, tokens: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tokens).map(([name, token]) => [`${kind}-${name}`, token]),
  )
}

async function revoke(server: AppServer, token: string): Promise<void> {
  const body = new URLSearchParams({ token })
  const answer = await fetch(`${server.origin}/oauth/revoke`, { method: 'POST', body })
  if (!answer.ok) throw new Error(`Revocation answered ${answer.status}`)
}

async function leave(server: AppServer, { password }: User, token: string): Promise<void> {
  const answer = await fetch(`${server.origin}/api/account`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ currentPassword: password }),
  })
  if (!answer.ok) throw new Error(`Deletion answered ${answer.status}`)
}

async function deviceToken(server: AppServer, { name, password }: User): Promise<string> {
  const answer = await fetch(`${server.origin}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: name, password }),
  })
  return cookiePairs(answer.headers.getSetCookie()).known_device ?? ''
}
