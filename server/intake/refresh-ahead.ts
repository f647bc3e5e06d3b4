import 'server-only'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { cookieJson } from '@/contracts/cookie-json'
import { refreshEndpoint } from '../auth/session/refresh-endpoint'
import { withRequestSpan } from '../telemetry/request-span'
import { createListener } from './listener'

/** The path that middleware asks for each page that refreshes on the way, and a browser's client every few minutes. */
const PATH = '/api/auth/refresh'
const { POST } = refreshEndpoint(cookieJson)

// Next.js works with the global objects, so they stay what they are.
const listener = createListener(
  (request) => withRequestSpan(request, PATH, () => POST(request, {})),
  {
    own: false,
  },
)

/**
 * Answers a refresh as its route does (`app/api/auth/refresh/route.ts`), in the place of Next.js, which takes longer to find that route
 * than the refresh does.
 */
export function refreshAhead(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== 'POST' || request.url?.split('?', 1)[0] !== PATH) return false
  void listener(request, response)
  return true
}
