import { once } from 'node:events'
import { createServer } from 'node:http'
import type { TestProject } from 'vitest/node'
import { type Cluster, startCluster } from './cluster'

declare module 'vitest' {
  interface ProvidedContext {
    databaseServerPort: number
  }
}

/**
 * One server for a whole run of vitest, whose files run in processes of their own: they ask at this port for databases
 * (POST), and give them back (DELETE). It starts with the first who asks.
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
