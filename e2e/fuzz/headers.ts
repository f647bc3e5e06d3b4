import fc from 'fast-check'

type Header = [name: string, value: string]

/** Enough addresses (TEST-NET-3 and beyond) that no request meets a rate limit. */
const address = fc
  .tuple(fc.integer({ min: 1, max: 223 }), fc.nat(255), fc.nat(255), fc.nat(255))
  .map((parts) => parts.join('.'))

const claim = fc.constantFrom(
  '',
  '127.0.0.1, ',
  '::1, ',
  "' OR 1=1 --, ",
  'unknown, ',
  '<script>, ',
  ',,,, ',
)

/** `X-Forwarded-For`: the trusted proxy writes the last address, and a client can write the ones before. */
export const forwardedFor = fc
  .tuple(claim, address)
  .map(([lie, truth]): Header => ['x-forwarded-for', lie + truth])

const EVIL = [
  'https://evil.example',
  'null',
  '',
  'http://127.0.0.1',
  'file://',
  '*',
  'http://[::1',
] as const
const SITES = ['cross-site', 'same-site', 'same-origin', 'none', '', 'CROSS-SITE', 'x'] as const

const hostile: fc.Arbitrary<Header> = fc.oneof(
  fc.constantFrom(...EVIL, 'https://other.example').map((value): Header => ['origin', value]),
  fc.constantFrom(...SITES).map((value): Header => ['sec-fetch-site', value]),
  fc.constantFrom<Header>(
    ['sec-fetch-mode', 'navigate'],
    ['sec-fetch-dest', 'document'],
    ['referer', 'https://evil.example/?next=//evil.example'],
    ['referer', 'not an address'],
    ['host', 'evil.example'],
    ['host', 'evil.example:99999'],
    ['host', '[::1'],
    ['host', 'a b'],
    ['host', ''],
    ['x-forwarded-host', 'evil.example'],
    ['x-forwarded-host', 'a b'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-proto', 'javascript'],
    ['x-forwarded-port', '0'],
    ['x-forwarded-server', 'evil.example'],
    ['forwarded', 'for=127.0.0.1;host=evil.example;proto=https'],
    ['x-real-ip', '127.0.0.1'],
    ['x-original-url', '/api/health'],
    ['x-rewrite-url', '/api/health'],
    ['x-http-method-override', 'DELETE'],
    ['x-method-override', 'GET'],
    ['x-received-at', '0'],
    ['x-internal-caller', 'garbage'],
    ['x-internal-caller', '~refresh-foreign-key~'],
    ['x-refresh-mode', 'jar'],
    ['x-refresh-want', 'access'],
    ['x-middleware-subrequest', 'middleware:middleware:middleware:middleware:middleware'],
    ['x-middleware-rewrite', '/api/health'],
    ['x-middleware-next', '1'],
    ['x-middleware-override-headers', 'cookie'],
    ['x-middleware-set-cookie', 'access_token=x'],
    ['x-nextjs-data', '1'],
    ['x-matched-path', '/api/health'],
    ['x-invoke-path', '/api/health'],
    ['x-prerender-revalidate', 'x'],
    ['x-now-route-matches', '1=x'],
    ['next-action', '0000000000000000000000000000000000000000'],
    ['next-router-state-tree', '%'],
    ['next-router-state-tree', '[]'],
    ['next-router-prefetch', '1'],
    ['next-router-segment-prefetch', '/../..'],
    ['rsc', '1'],
    ['purpose', 'prefetch'],
    ['accept', 'text/html'],
    ['accept', '\u00ff'],
    ['accept-language', '*'.repeat(500)],
    ['accept-encoding', 'gzip;q=-1, br;q=x'],
    ['if-none-match', '*'],
    ['if-modified-since', 'yesterday'],
    ['range', 'bytes=0-0,-1,5-1'],
    ['expect', '100-continue'],
    ['te', 'trailers'],
    ['upgrade-insecure-requests', '1'],
    ['access-control-request-method', 'TRACE'],
    ['access-control-request-headers', '*'],
    ['content-encoding', 'gzip'],
    ['user-agent', ''],
    ['user-agent', 'x'.repeat(2000)],
    ['user-agent', '\u00ff<script>'],
    ['__proto__', 'x'],
    ['constructor', 'x'],
  ),
)

/** Headers about the request's origin, address and client, some of them repeated. */
export function hostileHeaders(): fc.Arbitrary<Header[]> {
  return fc
    .tuple(fc.array(hostile, { maxLength: 4 }), forwardedFor)
    .map(([headers, last]) => [...headers, last])
}
