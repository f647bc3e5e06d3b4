import { once } from 'node:events'
import { createServer } from 'node:http'
import type { TestProject } from 'vitest/node'
import { type Cluster, startCluster } from './cluster'

declare module 'vitest' {
  interface ProvidedContext {
    /** The port of `startDatabaseServer`. */
    databaseServerPort: number
  }
}

/**
 * The global setup of Vitest: an HTTP server that hands out databases on one PostgreSQL server, which all test files of a
 * run share. POST creates a database and returns its URL; DELETE drops the database that the `From` header names. The
 * first request starts PostgreSQL.
 */
export default async function startDatabaseServer(
  project: TestProject,
): Promise<() => Promise<void>> {
  let cluster: Promise<Cluster> | undefined
  const server = createServer(async (request, response) => {
    try {
      cluster ??= startCluster()
      const { createDatabase, dropDatabase } = await cluster
      if (request.method === 'POST') response.end(await createDatabase())
      else response.end(await dropDatabase(request.headers.from ?? ''))
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  project.provide('databaseServerPort', address.port)
  return async () => {
    server.closeAllConnections()
    server.close()
    await (await cluster)?.dispose()
  }
}
