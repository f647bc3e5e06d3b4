import { createHmac } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'

/** A live token and the server's secret for its kind. */
export interface Original {
  readonly token: string
  readonly secret: string
}

type Forgeries = Record<string, string>

const DAY_SECONDS = 86_400
const FAR_FUTURE = 32_503_680_000
const FOREIGN = 'a foreign secret of more than 32 characters'

/** Tokens with a bad signature, or with a header or claims that the server never issues, keyed by what is wrong. */
export function forgeForeign({ token, secret }: Original): Forgeries {
  const [head = '', body = '', mac = ''] = token.split('.')
  const header = decodeProtectedHeader(token)
  const claims = decodeJwt(token)
  const past = { ...claims, iat: 1, exp: 2 }
  const withHeader = (more: object) => sign({ ...header, ...more }, claims, secret)
  const withClaims = (more: object) => sign(header, { ...claims, ...more }, secret)
  return {
    'alg-none': `${encode({ ...header, alg: 'none' })}.${body}.`,
    'alg-none-signed': `${encode({ ...header, alg: 'none' })}.${body}.${mac}`,
    'alg-hs512': sign({ ...header, alg: 'HS512' }, claims, secret, 'sha512'),
    'alg-list': withHeader({ alg: ['HS256'] }),
    'alg-lower': withHeader({ alg: 'hs256' }),
    'foreign-key': sign(header, claims, FOREIGN),
    'foreign-past': sign(header, past, FOREIGN),
    'foreign-future': sign(header, { ...claims, exp: FAR_FUTURE }, FOREIGN),
    'empty-key': sign(header, claims, ''),
    'kid-path': withHeader({ kid: '../../../../../etc/passwd' }),
    'kid-device': sign({ ...header, kid: '/dev/null' }, claims, ''),
    'kid-query': withHeader({ kid: "' OR 1=1 --" }),
    'kid-proto': withHeader({ kid: '__proto__' }),
    'kid-number': withHeader({ kid: 0 }),
    'kid-none': withHeader({ kid: undefined }),
    'own-jwk': sign({ ...header, jwk: { kty: 'oct', k: encode({}) } }, claims, FOREIGN),
    'own-jku': sign({ ...header, jku: 'https://evil.example/jwks.json' }, claims, FOREIGN),
    'typ-none': withHeader({ typ: undefined }),
    'typ-jwt': withHeader({ typ: 'JWT' }),
    'typ-other': withHeader({ typ: header.typ === 'at+jwt' ? 'rt+jwt' : 'at+jwt' }),
    'typ-challenge': withHeader({ typ: 'challenge+jwt' }),
    crit: withHeader({ crit: ['exp'], b64: false }),
    'no-sub': withClaims({ sub: undefined }),
    'no-sid': withClaims({ sid: undefined }),
    'no-exp': withClaims({ exp: undefined }),
    'exp-text': withClaims({ exp: 'tomorrow' }),
    'aud-none': withClaims({ aud: undefined }),
    'aud-other': withClaims({ aud: 'https://other.example' }),
    'not-before': withClaims({ nbf: FAR_FUTURE }),
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

/** Tokens signed with the server's own key that name no live session. */
export function forgeDead({ token, secret }: Original): Forgeries {
  const header = decodeProtectedHeader(token)
  const claims = decodeJwt(token)
  const signWith = (more: JWTPayload) => sign(header, { ...claims, ...more }, secret)
  const now = Math.floor(Date.now() / 1000)
  return {
    expired: signWith({ iat: now - 2 * DAY_SECONDS, exp: now - DAY_SECONDS }),
    'expired-long-ago': signWith({ iat: 1, exp: 2 }),
    'unknown-session': signWith({ sid: 'AAAAAAAAAAAAAAAAAAAAAA' }),
    'unknown-session-future': signWith({ sid: 'AAAAAAAAAAAAAAAAAAAAAA', exp: FAR_FUTURE }),
    'query-as-session': signWith({ sid: "' OR 1=1 --" }),
    'other-user': signWith({ sub: 'AAAAAAAAAAAAAAAAAAAAAA' }),
  }
}

function sign(header: object, claims: object, secret: string, hash = 'sha256'): string {
  const signed = `${encode(header)}.${encode(claims)}`
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
