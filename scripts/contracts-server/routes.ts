import * as publicKeys from '@/app/.well-known/jwks.json/route'
import * as oauthMetadata from '@/app/.well-known/oauth-authorization-server/route'
import * as login from '@/app/(contracts)/login/route'
import * as introspect from '@/app/(contracts)/oauth/introspect/route'
import * as revoke from '@/app/(contracts)/oauth/revoke/route'
import * as token from '@/app/(contracts)/oauth/token/route'
import * as protectedResource from '@/app/(contracts)/protected/route'
import * as refresh from '@/app/(contracts)/refresh/route'
import * as refreshTokenPost from '@/app/(contracts)/refresh_token/route'
import * as cookieLogin from '@/app/api/auth/login/route'
import * as cookieLogout from '@/app/api/auth/logout/route'
import * as cookieRefresh from '@/app/api/auth/refresh/route'
import * as register from '@/app/api/auth/register/route'
import * as lifeEvents from '@/app/api/auth/session/events/route'
import * as life from '@/app/api/auth/session/route'
import * as prune from '@/app/api/cron/prune/route'
import * as ready from '@/app/api/health/ready/route'
import * as live from '@/app/api/health/route'
import * as metrics from '@/app/api/metrics/route'
import * as cookieGet from '@/app/api/refresh/refreshtoken/route'
import type { Methods } from '@/server/http/resource'

/**
 * The routes that no middleware stands before: those of the contracts, of operators and of discovery. Pages, and the API routes
 * for pages, are served by Next.js.
 */
export const ROUTES: Readonly<Record<string, Methods>> = {
  '/login': login,
  '/refresh': refresh,
  '/refresh_token': refreshTokenPost,
  '/protected': protectedResource,
  '/oauth/token': token,
  '/oauth/introspect': introspect,
  '/oauth/revoke': revoke,
  '/.well-known/oauth-authorization-server': oauthMetadata,
  '/.well-known/jwks.json': publicKeys,
  '/api/auth/login': cookieLogin,
  '/api/auth/logout': cookieLogout,
  '/api/auth/refresh': cookieRefresh,
  '/api/auth/register': register,
  '/api/auth/session': life,
  '/api/auth/session/events': lifeEvents,
  '/api/refresh/refreshtoken': cookieGet,
  '/api/cron/prune': prune,
  '/api/health': live,
  '/api/health/ready': ready,
  '/api/metrics': metrics,
}
