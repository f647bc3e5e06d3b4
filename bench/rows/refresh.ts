import { nodeSigner } from '@/server/keys/node-signer'
import { createEngine } from '@/session/engine'
import { openKeyring } from '@/session/keys/keyring'
import type { SessionStore } from '@/session/store'
import { createAccessTokens } from '@/session/tokens/access-token'
import { createChallenges } from '@/session/tokens/challenge'
import { createRefreshTokens } from '@/session/tokens/refresh-token'
import { seedKey } from '@/testing/bulk-seed/seed-values'
import { laptop } from '@/testing/database/samples'
import type { FilledDatabase } from './database-engine'

const DAY = 86_400_000
const SECRET = 'the-secret-of-a-benchmark-0123456789'

/** How long one refresh took, and how much of that its statements took, in milliseconds. */
export interface RefreshTime {
  readonly whole: number
  readonly database: number
}

/** Creates a function that refreshes session `n` of a database as the refresh route does. Each refresh rotates. */
export async function createRefresher({ database, start }: FilledDatabase) {
  const access = await openKeyring([SECRET], undefined, nodeSigner)
  const refresh = createRefreshTokens(await openKeyring([SECRET], undefined, nodeSigner))
  let [now, inDatabase] = [start, 0]
  const timed =
    <A extends unknown[], R>(verb: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      const from = performance.now()
      const result = await verb(...args)
      inDatabase += performance.now() - from
      return result
    }
  const { findToRotate, advance } = database.sessions
  const store: SessionStore = {
    ...database.sessions,
    findToRotate: timed(findToRotate),
    advance: timed(advance),
  }
  const engine = createEngine({
    store,
    accessTokens: createAccessTokens(access, { issuer: 'bench', audience: 'bench' }, 900_000),
    refreshTokens: refresh,
    challenges: createChallenges(await openKeyring([SECRET], 'challenge', nodeSigner)),
    // With no grace every refresh of a current token rotates.
    policy: { graceMs: 0, idleMs: 14 * DAY, sessionMs: 30 * DAY },
    clock: () => ++now,
  })

  // Kept in memory, because reading the row before the measurement would warm the database's cache.
  const generations = new Map<number, number>()
  return async (n: number): Promise<RefreshTime> => {
    const session = { id: seedKey('session', n), userId: seedKey('user', Math.floor(n / 2)) }
    const generation = generations.get(n) ?? 0
    const position = { generation, branch: 0 }
    const { token } = await refresh.issue(session, position, start + 14 * DAY, now)
    const request = { tokens: [token], accessOnly: false, jar: false, challenges: [] } as const
    inDatabase = 0
    const from = performance.now()
    const granted = await engine.refresh({ ...request, client: laptop })
    const whole = performance.now() - from
    if (!granted.refresh) throw new Error('it was renewed, not rotated')
    generations.set(n, generation + 1)
    return { whole, database: inDatabase }
  }
}
