import { createMiddleware } from './create-middleware'
import { openRefreshRoute } from './refresh-route'

/** The gate as Edge middleware. It asks the refresh route over HTTP, because the database is out of its reach. */
export const middleware = createMiddleware({ openRefresh: openRefreshRoute })
