import type { ClientInfo, NewSessionEvent, Position, Session } from './session'
import type { EpochMs } from './time'

/** Returns a function that makes events of `session`. Each names the client, and by default the position of its token. */
export function eventOf(
  session: Pick<Session, 'id' | 'userId'>,
  { generation, branch }: Position,
  client: ClientInfo,
  at: EpochMs,
) {
  return (kind: NewSessionEvent['kind'], detail = `${generation}.${branch}`): NewSessionEvent => ({
    kind,
    at,
    sessionId: session.id,
    userId: session.userId,
    detail,
    address: client.address,
    userAgent: client.userAgent,
  })
}
