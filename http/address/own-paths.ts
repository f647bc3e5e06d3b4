/** Where a person goes after signing in, if no page was asked for. */
export const HOME_PATH = '/dashboard'

/**
 * The app's own pages that anyone may open. An expired access token is renewed before they render, so that they can show who is
 * signed in (`findSession`). Nothing caches them.
 */
export const PUBLIC_PAGES: readonly string[] = ['/', '/docs']

/**
 * The app's own routes, and pages that never ask who is signed in, that anyone may open. A path that ends with a slash stands for
 * everything below it.
 */
export const PUBLIC_ROUTES: readonly string[] = [
  '/login',
  '/refresh',
  '/refresh_token',
  '/protected',
  '/lab',
  '/oauth/',
  '/api/lab/',
  '/api/refresh/',
  '/api/openapi.json',
]
