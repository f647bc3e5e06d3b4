const EVERYWHERE = [
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  // Forms keep their `Origin`, and other sites get no `Referer`.
  ['Referrer-Policy', 'same-origin'],
  ['Permissions-Policy', 'camera=(), microphone=(), geolocation=()'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
] as const
const OVER_HTTPS = [...EVERYWHERE, ['Strict-Transport-Security', 'max-age=63072000']] as const

/** Sets the security headers of every response, pages and APIs alike. HSTS only if the origin is `secure`. */
export function secureHeaders(headers: Pick<Headers, 'set'>, secure: boolean): void {
  for (const [name, value] of secure ? OVER_HTTPS : EVERYWHERE) headers.set(name, value)
}

/** The Content-Security-Policy of a page (CSP Level 3): only scripts with the nonce, only styles of this origin. */
export function pagePolicy(
  nonce: string,
  options: { secure: boolean; development: boolean },
): string {
  const { secure, development } = options
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    `style-src 'self'${development ? " 'unsafe-inline'" : ''}`,
    "img-src 'self' data:",
    `connect-src 'self'${development ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(secure ? ['upgrade-insecure-requests'] : []),
  ].join('; ')
}

/** The Content-Security-Policy of a response that is not a page. */
export const NO_PAGE_POLICY = "default-src 'none'; frame-ancestors 'none'"
