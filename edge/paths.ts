import { PUBLIC_PAGES, PUBLIC_ROUTES } from '@/http/address/own-paths'

/** Public pages that render differently for a signed-in person. */
const SESSION_AWARE_PATHS: ReadonlySet<string> = new Set(['/sign-in', '/sign-up', ...PUBLIC_PAGES])
/**
 * The public pages and routes, besides the files of `public/`. The gate protects every other path, so that a new page is
 * protected unless `http/address/own-paths.ts` lists it.
 */
const PUBLIC_PATHS: ReadonlySet<string> = new Set([
  ...SESSION_AWARE_PATHS,
  ...PUBLIC_ROUTES,
  '/icon.svg',
  '/favicon.ico',
  '/apple-icon.png',
  '/manifest.webmanifest',
  '/robots.txt',
  '/sitemap.xml',
  '/api/health',
  '/api/metrics',
])
/** Routes that check the request themselves, or that everybody may read: signing out must not refresh first. */
const PUBLIC_PREFIXES = [
  '/api/auth/',
  '/api/cron/',
  '/api/health/',
  '/api/testing/',
  '/.well-known/',
  '/_next/',
  ...PUBLIC_ROUTES.filter((path) => path.endsWith('/')),
]

/** True if the path needs no session. At some of these paths the gate refreshes an expired one all the same (`usesSession`). */
export function isPublic(pathname: string): boolean {
  return PUBLIC_PATHS.has(pathname) || PUBLIC_PREFIXES.some((prefix) => pathname.startsWith(prefix))
}

/** True if the response at this path depends on the session, so that an expired access token is refreshed first. */
export function usesSession(pathname: string): boolean {
  return !isPublic(pathname) || SESSION_AWARE_PATHS.has(pathname)
}

/** True for a path that programs call: its responses are never a page, and never a redirect to a page. */
export function isApi(pathname: string): boolean {
  return pathname === '/api' || pathname.startsWith('/api/')
}
