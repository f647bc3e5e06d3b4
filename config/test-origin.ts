/** The loopback names and addresses (RFC 6761 §6.3). */
const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/
/** The names that are reserved for tests (RFC 6761 §6.2). No public name server resolves them. */
const RESERVED = /^(?:test|.+\.test)$/

/** True if the origin is on this machine, so that requests to it never pass a network (RFC 6761 §6.3). */
export function isLoopback(origin: string): boolean {
  return LOOPBACK.test(new URL(origin).hostname)
}

/** True if the origin has a name that is reserved for tests (RFC 6761 §6.2). */
export function isReservedForTests(origin: string): boolean {
  return RESERVED.test(new URL(origin).hostname)
}

/** True if no stranger's name can lead to the origin, so that `TESTING` may be set there. */
export function isTestOrigin(origin: string): boolean {
  return isLoopback(origin) || isReservedForTests(origin)
}
