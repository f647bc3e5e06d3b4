import { findFreePort } from '@/testing/free-port.mjs'
import type { AppServer } from './server'

/** A server that the browser speaks to itself: the proxy in front of the others holds each response until it is whole. */
export async function directServer(
  startServer: (options: object) => Promise<AppServer>,
  env: Record<string, string> = {},
): Promise<AppServer> {
  const port = await findFreePort()
  return startServer({ port, env: { APP_ORIGIN: `http://127.0.0.1:${port}`, ...env } })
}
