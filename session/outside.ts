import { SessionError } from './errors'

/**
 * How long a function of the deployment may take, in milliseconds. By default middleware waits 8 s for a refresh, and 3 s where it
 * can serve the request without one.
 */
export const OUTSIDE_TIMEOUT_MS = 2000

/**
 * Calls a function that the deployment supplies. What goes wrong in it is an outage and not a refusal, so it signs nobody out.
 * @throws SessionError `unavailable` if it throws, rejects or takes too long.
 */
export async function askOutside<T>(ask: () => T | Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`no answer within ${OUTSIDE_TIMEOUT_MS} ms`)
    timer = setTimeout(() => reject(error), OUTSIDE_TIMEOUT_MS)
  })
  try {
    return await Promise.race([(async () => ask())(), late])
  } catch (cause) {
    throw new SessionError('unavailable', { retryAfterSeconds: 1, cause })
  } finally {
    clearTimeout(timer)
  }
}
