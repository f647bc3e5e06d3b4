/** Safe to make again, and to answer with new cookies (RFC 9110 §9.2.1). */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}
