import 'server-only'
import { createHash, timingSafeEqual } from 'node:crypto'

/** True if two secrets are equal. Compares their SHA-256 digests in constant time. */
export function isSameSecret(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
