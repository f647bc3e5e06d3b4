import type { Failure } from './contract'

/** `{"error": {"code", "message", "status"}}`, with the reason where a session is over. */
export function errorBody({ code, message, status, reason }: Failure) {
  return { error: { code, message, status, ...(reason === undefined ? {} : { reason }) } }
}
