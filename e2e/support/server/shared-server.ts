import { startAppServer } from './server'

/**
 * Starts one server for all workers of a run, before its first test, and returns what ends it. The workers find it by the
 * environment, as a team's own suite finds its app.
 */
export default async function startSharedServer(): Promise<() => Promise<void>> {
  const server = await startAppServer()
  process.env.SHARED_ORIGIN = server.origin
  process.env.SHARED_ENDPOINT = server.kit.endpoint
  process.env.SHARED_REFRESH_PROXY = server.inner.origin
  process.env.SHARED_DATABASE = server.databaseUrl
  return () => server.stop()
}

/** The kit's options for that server, to be used by a configuration. */
export function sharedServer() {
  const { SHARED_ORIGIN = '', SHARED_ENDPOINT = '', SHARED_REFRESH_PROXY = '' } = process.env
  return {
    baseURL: SHARED_ORIGIN,
    rekindle: {
      endpoint: SHARED_ENDPOINT,
      proxy: SHARED_ORIGIN,
      refreshProxy: SHARED_REFRESH_PROXY,
      nameOnPage: '[data-testid="whoami-page"]',
    },
  }
}
