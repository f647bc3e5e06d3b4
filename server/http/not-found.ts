import 'server-only'
import { HttpError } from './http-error'
import type { Methods } from './resource'
import { route } from './route'

/** 404 NOT_FOUND. */
export function notFound(): HttpError {
  return new HttpError(404, 'NOT_FOUND', 'There is nothing at this address')
}

const refuse = route(async () => {
  throw notFound()
})

/**
 * Handlers for a catch-all route under an API path: every method answers 404 in JSON instead of the HTML page. Those routes lie in
 * folders named `[...nowhere]`, as Next.js wants a name for the rest of the path. No code reads it.
 */
export const notFoundHandlers: Methods = {
  ...{ GET: refuse, HEAD: refuse, POST: refuse, PUT: refuse },
  ...{ PATCH: refuse, DELETE: refuse, OPTIONS: refuse },
}
