import fc from 'fast-check'
import { bodyOf, type Typed } from './bodies'
import { ENDPOINTS, type Endpoint, type Place, tokensFor } from './endpoints'
import { hostileHeaders } from './headers'
import type { Identities } from './identities'
import { mutatedRequest } from './mutated'

/** A request before `~names~` are replaced by their values. */
export interface FuzzRequest {
  /** Undefined if the path is no known endpoint. */
  readonly endpoint?: Endpoint | undefined
  readonly method: string
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: FuzzBody
  /** A header to pad until the request is just under Node's limit. */
  readonly stretched?: string | undefined
}

/** Text, or binary content in base64. */
export type FuzzBody = null | { readonly text: string } | { readonly base64: string }

/** Methods that Node's parser accepts: those that Next.js handles, then others. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const ODD_METHODS = ['TRACE', 'PROPFIND', 'SEARCH', 'PURGE', 'LINK', 'MKCOL', 'REPORT', 'M-SEARCH']

const COOKIES = ['access_token', 'refresh_token', 'RefreshToken', 'refreshToken'] as const

/** Any request that must be refused or does no harm. */
export function anyRequest(identities: Identities): fc.Arbitrary<FuzzRequest> {
  const endpoint = fc.constantFrom(...ENDPOINTS)
  return fc.oneof(
    { weight: 40, arbitrary: endpoint.chain((known) => requestTo(known, identities)) },
    { weight: 10, arbitrary: mutatedRequest() },
    { weight: 1, arbitrary: endpoint.chain((known) => requestBeside(known, identities)) },
  )
}

function requestTo(endpoint: Endpoint, identities: Identities): fc.Arbitrary<FuzzRequest> {
  const asked = fc.record({
    endpoint: fc.constant(endpoint),
    method: fc.oneof(
      { weight: 12, arbitrary: fc.constant(endpoint.method) },
      { weight: 2, arbitrary: fc.constantFrom(...METHODS) },
      { weight: 1, arbitrary: fc.constantFrom(...ODD_METHODS) },
    ),
    path: fc.tuple(fc.constant(endpoint.path), query()).map(([path, search]) => path + search),
    headers: headersTo(endpoint, identities),
    stretched: fc.oneof(
      { weight: 11, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom('x-long', 'cookie', 'authorization', 'user-agent') },
    ),
  })
  return withBody(asked, bodyOf(endpoint, identities))
}

type Bodiless = Omit<FuzzRequest, 'body'>

function withBody(
  requests: fc.Arbitrary<Bodiless>,
  bodies: fc.Arbitrary<Typed>,
): fc.Arbitrary<FuzzRequest> {
  return fc.tuple(requests, bodies).map(([request, { body, types }]) => ({
    ...request,
    body,
    headers: [...types.map((type): [string, string] => ['content-type', type]), ...request.headers],
  }))
}

/**
 * A path close to an endpoint's, with tokens that no endpoint accepts. A page of Next.js may answer, so multipart bodies
 * and router state headers are left out: they test Next.js, not this application.
 */
function requestBeside(endpoint: Endpoint, identities: Identities): fc.Arbitrary<FuzzRequest> {
  const harmless = { ...identities, dead: [] }
  const { path } = endpoint
  const near = fc.constantFrom(
    `${path}/`,
    `/${path}`,
    `${path}//`,
    `${path}/..`,
    `${path}/.%2e/x`,
    `${path}%`,
    `${path}%00`,
    `${path}%20`,
    `${path}%2f`,
    `${path}%c0%af`,
    `${path};x=1`,
    `${path}.json`,
    `${path}.rsc`,
    `${path}.segments/_tree.segment.rsc`,
    `${path.toUpperCase()}`,
    `/_next/data/x${path}.json`,
    `/en${path}`,
    `${path.slice(0, -1)}%${path.charCodeAt(path.length - 1).toString(16)}`,
    `${path.replaceAll('/', '\\')}`,
    `${path}/${'a/'.repeat(500)}`,
    `http://evil.example${path}`,
    `${path}#fragment`,
  )
  const asked = fc.record({
    method: fc.constantFrom(endpoint.method, ...METHODS),
    path: near,
    headers: headersTo({ ...endpoint, hearsAll: true }, harmless).map((headers) =>
      headers.filter(([name]) => !name.startsWith('next-')),
    ),
  })
  const bodies = bodyOf({ ...endpoint, hearsAll: true }, harmless).map(({ body, types }) => ({
    body,
    types: types.filter((type) => !type.startsWith('multipart/')),
  }))
  return withBody(asked, bodies)
}

function headersTo(endpoint: Endpoint, identities: Identities): fc.Arbitrary<[string, string][]> {
  const token = (place: Place) => fc.constantFrom(...tokensFor(endpoint, place, identities))
  const bearer = fc
    .tuple(
      fc.constantFrom('Bearer ', 'bearer ', 'BEARER  ', 'Bearer\t', 'Bearer', 'Token ', ''),
      token('bearer'),
    )
    .map(([scheme, name]) => `${scheme}~${name}~`)
  const basic = fc.constantFrom(
    'Basic ~basic-wrong~',
    'Basic ~basic-unknown~',
    'Basic ~basic~',
    'basic Og==',
    'Basic',
    'Basic !!!',
    'Basic JTpk',
    'Digest username="demo"',
  )
  const authorization = fc
    .oneof({ weight: 3, arbitrary: bearer }, { weight: 1, arbitrary: basic })
    .map((value): [string, string] => ['authorization', value])
  const pair = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .constantFrom(...COOKIES)
        .chain((name) => token(`cookie ${name}`).map((word) => `${name}=~${word}~`)),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        '=',
        ';',
        'access_token',
        'refresh_token=',
        '__Host-refresh_token=~garbage~',
        'refresh_challenge=~access-alg-none~',
        'known_device=~refresh-foreign-key~',
        '__proto__=x',
        'a="b;c"',
        '\u00e9=\u00ff',
      ),
    },
  )
  const cookie = fc
    .array(pair, { minLength: 1, maxLength: 4 })
    .map((pairs): [string, string] => ['cookie', pairs.join('; ')])
  return fc
    .tuple(
      fc.array(authorization, { maxLength: 2 }),
      fc.array(cookie, { maxLength: 2 }),
      hostileHeaders(),
    )
    .map((groups) => groups.flat())
}

function query(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant('') },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '?',
        '?refresh_token=~refresh-live~&access_token=~access-live~&token=~refresh-live~',
        '?grant_type=refresh_token',
        '?next=https://evil.example',
        '?next=//evil.example',
        '?%',
        '?%ff%fe',
        '?__proto__[x]=1',
        '?_rsc=x',
        `?${'q&'.repeat(3000)}`,
      ),
    },
  )
}
