/**
 * Tells rendering code the path and the query that a page was asked for at, which Next.js tells only a part of. Middleware sets
 * it on every page's request, or deletes what the client sent, so none can be forged; it is a way back and nothing more.
 */
export const PAGE_PATH_HEADER = 'x-page-path'
