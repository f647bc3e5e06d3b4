// The app's own header names, and its error codes. `client/` stands alone and repeats the ones that it needs.

/**
 * When the server received a request. The app's own server sets it on every request and discards what the client sent; on a platform,
 * where another server takes the requests, it is not read. The value is a reading of the process's monotonic clock in milliseconds and,
 * after a space, the database's time if it is known by then.
 */
export const RECEIVED_AT_HEADER = 'x-received-at'

/** The host that a client requested. The app's own server sets it, or deletes what the client sent; on a platform it is not read. */
export const REQUESTED_HOST_HEADER = 'x-requested-host'

/** The id of a request, in its response, in the log and in the call to the refresh route. */
export const REQUEST_ID_HEADER = 'x-request-id'

/**
 * The path and the query of the requested page, for rendering code, to which Next.js gives only a part of them. Middleware sets
 * it on every page's request and deletes what the client sent, so it cannot be forged. It is used to return to the page only.
 */
export const PAGE_PATH_HEADER = 'x-page-path'

/**
 * The metric of `Server-Timing` in a response that renewed the session: `dur` is how long the new access token serves, in
 * milliseconds, and `desc` is `rotated` if there is a new refresh token, too, and else `renewed`, with the token's `iat` after a space.
 * A page's script can read it of each of its requests, those of the router and of server actions included, while it can read no
 * cookie and no header of theirs.
 */
export const RENEWAL_METRIC = 'access-token'

/** With the value `jar`, the caller of a refresh shares a cookie jar and can be challenged. */
export const REFRESH_MODE_HEADER = 'x-refresh-mode'

/** With the value `access`, the caller of a refresh cannot receive a refresh token. */
export const REFRESH_WANT_HEADER = 'x-refresh-want'

/** Middleware's signed assertion of the client for which it calls the refresh route. */
export const INTERNAL_CALLER_HEADER = 'x-internal-caller'

/** The id of the user that a page was rendered for, which the page's script sends. It is neither a secret nor a credential. */
export const RENDERED_FOR_HEADER = 'x-rendered-for'

/** Every code of the canonical error format. `docs/routes.md` explains each. */
export const ERROR_CODES = [
  'BODY_TOO_LARGE',
  'BODY_TOO_LATE',
  'CROSS_SITE_REQUEST',
  'HAS_PASSWORD',
  'INTERNAL_ERROR',
  'INVALID_ACCESS_TOKEN',
  'INVALID_BODY',
  'INVALID_CLIENT',
  'INVALID_CREDENTIALS',
  'INVALID_CRON_SECRET',
  'INVALID_METRICS_TOKEN',
  'INVALID_REFRESH_TOKEN',
  'INVALID_SCOPE',
  'MALFORMED_BODY',
  'MALFORMED_JSON',
  'METHOD_NOT_ALLOWED',
  'MISSING_ACCESS_TOKEN',
  'MISSING_REFRESH_TOKEN',
  'NAME_TAKEN',
  'NOT_FOUND',
  'NO_PASSWORD',
  'OWN_USERS',
  'PAGE_OUT_OF_DATE',
  'PASSWORD_USER',
  'RATE_LIMITED',
  'RECENT_SIGN_IN_REQUIRED',
  'REGISTRATION_CLOSED',
  'SESSION_NOT_FOUND',
  'SIGNED_IN_AS_ANOTHER',
  'STALE_REFRESH_TOKEN',
  'STATE_IMPOSSIBLE',
  'TESTING_REFUSED',
  'UNAVAILABLE',
  'UNSUPPORTED_GRANT_TYPE',
  'UNSUPPORTED_MEDIA_TYPE',
  'USER_DISABLED',
  'USER_NOT_FOUND',
] as const
/** A code of the canonical error format. */
export type ErrorCode = (typeof ERROR_CODES)[number]
