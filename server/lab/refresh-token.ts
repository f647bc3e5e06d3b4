import 'server-only'
import { decodeJwt } from 'jose'
import type { Position } from '@/session/session'

/**
 * What a refresh token of a scene says. It is only shown: the engine verifies tokens.
 * @throws JWTInvalid if it is no JWT.
 */
export function readRefreshToken(token: string): { sessionId: string; position: Position } {
  const { sid, g, b } = decodeJwt(token)
  return { sessionId: `${sid}`, position: { generation: Number(g), branch: Number(b) } }
}
