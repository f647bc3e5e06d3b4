import 'server-only'
import { services } from '@/server/composition'
import type { ClientInfo } from '@/session/session'

/** Names the server itself as the client that ends a session. */
const SERVER: ClientInfo = { address: 'server', userAgent: '' }

/**
 * Ends every session of a user at once, access tokens included, for instance because the user was disabled in your own table.
 * Returns how many ended. `by` is shown in the user's history.
 * @throws SessionError `unavailable` if the database does not answer.
 */
export async function endSessions(userId: string, by: ClientInfo = SERVER): Promise<number> {
  const { engine } = await services()
  return engine.endOthers(userId, null, by)
}
