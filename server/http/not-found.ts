import 'server-only'
import { HttpError } from './http-error'
import type { Methods } from './resource'
import { route } from './route'

const refuse = route(async () => {
  throw new HttpError(404, 'NOT_FOUND', 'There is nothing at this address')
})

/** Handlers for a catch-all route under an API path: every method answers 404 in JSON instead of the HTML page. */
export const notFoundHandlers: Methods = {
  ...{ GET: refuse, HEAD: refuse, POST: refuse, PUT: refuse },
  ...{ PATCH: refuse, DELETE: refuse, OPTIONS: refuse },
}
