import { createHmac } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'

/** A kind of token: a live one of it, the server's own secret for it, and what its dead relatives may say. */
export interface Original {
  readonly token: string
  readonly secret: string
}

type Forgeries = Record<string, string>

const DAY_SECONDS = 86_400
const FAR_FUTURE = 32_503_680_000
const FOREIGN = 'a foreign secret of more than 32 characters'

/** Tokens that no key, or not the right one, ever vouched for, or that say what none of ours says: by what is wrong. */
export function forgeForeign({ token, secret }: Original): Forgeries {
  const [head = '', body = '', mac = ''] = token.split('.')
  const header = decodeProtectedHeader(token)
  const claims = decodeJwt(token)
  const past = { ...claims, iat: 1, exp: 2 }
  const ours = (more: object) => sign({ ...header, ...more }, claims, secret)
  const said = (more: object) => sign(header, { ...claims, ...more }, secret)
  return {
    'alg-none': `${encode({ ...header, alg: 'none' })}.${body}.`,
    'alg-none-signed': `${encode({ ...header, alg: 'none' })}.${body}.${mac}`,
    'alg-hs512': sign({ ...header, alg: 'HS512' }, claims, secret, 'sha512'),
    'alg-list': ours({ alg: ['HS256'] }),
    'alg-lower': ours({ alg: 'hs256' }),
    'foreign-key': sign(header, claims, FOREIGN),
    'foreign-past': sign(header, past, FOREIGN),
    'foreign-future': sign(header, { ...claims, exp: FAR_FUTURE }, FOREIGN),
    'empty-key': sign(header, claims, ''),
    'kid-path': ours({ kid: '../../../../../etc/passwd' }),
    'kid-device': sign({ ...header, kid: '/dev/null' }, claims, ''),
    'kid-query': ours({ kid: "' OR 1=1 --" }),
    'kid-proto': ours({ kid: '__proto__' }),
    'kid-number': ours({ kid: 0 }),
    'kid-none': ours({ kid: undefined }),
    'own-jwk': sign({ ...header, jwk: { kty: 'oct', k: encode({}) } }, claims, FOREIGN),
    'own-jku': sign({ ...header, jku: 'https://evil.example/jwks.json' }, claims, FOREIGN),
    'typ-none': ours({ typ: undefined }),
    'typ-jwt': ours({ typ: 'JWT' }),
    'typ-other': ours({ typ: header.typ === 'at+jwt' ? 'rt+jwt' : 'at+jwt' }),
    'typ-challenge': ours({ typ: 'challenge+jwt' }),
    crit: ours({ crit: ['exp'], b64: false }),
    'no-sub': said({ sub: undefined }),
    'no-sid': said({ sid: undefined }),
    'no-exp': said({ exp: undefined }),
    'exp-text': said({ exp: 'tomorrow' }),
    'aud-none': said({ aud: undefined }),
    'aud-other': said({ aud: 'https://other.example' }),
    'not-before': said({ nbf: FAR_FUTURE }),
    'other-payload': `${head}.${encode({ ...claims, sub: 'root' })}.${mac}`,
    'array-payload': sign(header, [claims], secret),
    truncated: token.slice(0, -1),
    padded: `${token}=`,
    'one-more-part': `${token}.${mac}`,
    'two-parts': `${head}.${body}`,
    'only-dots': '..',
    'not-json': `${Buffer.from('{"alg').toString('base64url')}.${body}.${mac}`,
    upper: token.toUpperCase(),
    long: `${head}.${body}${'A'.repeat(3000)}.${mac}`,
  }
}

/** Tokens that the server's own key signed, and that name no session, or no longer. */
export function forgeDead({ token, secret }: Original): Forgeries {
  const header = decodeProtectedHeader(token)
  const claims = decodeJwt(token)
  const sign1 = (more: JWTPayload) => sign(header, { ...claims, ...more }, secret)
  const now = Math.floor(Date.now() / 1000)
  return {
    expired: sign1({ iat: now - 2 * DAY_SECONDS, exp: now - DAY_SECONDS }),
    'expired-long-ago': sign1({ iat: 1, exp: 2 }),
    'unknown-session': sign1({ sid: 'AAAAAAAAAAAAAAAAAAAAAA' }),
    'unknown-session-future': sign1({ sid: 'AAAAAAAAAAAAAAAAAAAAAA', exp: FAR_FUTURE }),
    'query-as-session': sign1({ sid: "' OR 1=1 --" }),
    'other-user': sign1({ sub: 'AAAAAAAAAAAAAAAAAAAAAA' }),
  }
}

function sign(header: object, claims: object, secret: string, hash = 'sha256'): string {
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
