import type { ClientInfo, NewSessionEvent, Position, Session } from './session'
import type { EpochMs } from './time'

/** Makes events of a session that say who asked, and with which token. */
export function eventOf(
  session: Session,
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
