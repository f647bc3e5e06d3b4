/** True for GET and HEAD, which are safe to repeat (RFC 9110 §9.2.1). */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}
