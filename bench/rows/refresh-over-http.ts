import { Agent } from 'node:http'
import { nodeSigner } from '@/server/keys/node-signer'
import { keyringFor, openKeyring } from '@/session/keys/keyring'
import { createRefreshTokens } from '@/session/tokens/refresh-token'
import { seedKey } from '@/testing/bulk-seed/seed-values'
import { DAY } from '@/testing/database/samples'
import { type Jar, rekindleEnvironment, rotating, servicesOn } from '../jars'
import { send } from '../load'
import { startContracts } from '../rekindle'
import type { FilledDatabase } from './database-engine'

/** A server of the contracts on a filled database, and one client that keeps its connection. */
export interface RefreshOverHttp {
  /** Refreshes session `n`, and returns how long the client waited, in milliseconds. Each refresh rotates. */
  refresh(n: number): Promise<number>
  stop(): Promise<void>
}

/** Opens a server on a filled database. Its sessions must stand as they were seeded when they are first refreshed here. */
export async function openRefreshOverHttp({
  url,
  start,
}: FilledDatabase): Promise<RefreshOverHttp> {
  const env = rekindleEnvironment(url)
  const { config, database } = await servicesOn(env)
  await database.close()
  const keyring = await openKeyring(config.refreshTokenSecrets, undefined, nodeSigner)
  const tokens = createRefreshTokens(keyringFor(config.issuer, keyring))
  const server = await startContracts(env)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const jars = new Map<number, Jar>()

  return {
    async refresh(n) {
      const session = { id: seedKey('session', n), userId: seedKey('user', Math.floor(n / 2)) }
      const first = { generation: 0, branch: 0 }
      const jar = jars.get(n) ?? {
        access: '',
        refresh: (await tokens.issue(session, first, start + 14 * DAY, start)).token,
      }
      const before = jar.refresh
      const request = rotating([jar], 'POST', '/api/auth/refresh')(0)
      const from = performance.now()
      await send(agent, server.port, request)
      const taken = performance.now() - from
      if (jar.refresh === before) throw new Error('it was renewed, not rotated')
      jars.set(n, jar)
      return taken
    },
    async stop() {
      agent.destroy()
      await server.stop()
    },
  }
}
