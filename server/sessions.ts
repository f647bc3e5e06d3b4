import 'server-only'
import { type Config, readConfig } from '@/config'
import type { Database } from '@/db/database'
import { openDatabase } from '@/db/open'
import { createAccessTokens } from '@/session/access-token'
import { createChallenges } from '@/session/challenge'
import { createEngine, type Engine } from '@/session/engine'
import { createInternalCallers, type InternalCallers } from '@/session/internal-caller'
import { openKeyring } from '@/session/keyring'
import { createRefreshTokens } from '@/session/refresh-token'
import { createDevices, type Devices } from './device'
import { createThrottle, type Throttle } from './throttle'

/** Everything the routes and pages work with, put together once a process. */
export interface Rekindle {
  readonly config: Config
  readonly database: Database
  readonly engine: Engine
  readonly callers: InternalCallers
  readonly devices: Devices
  readonly throttle: Throttle
}

const slot = globalThis as { rekindle?: Promise<Rekindle> | undefined }

/**
 * The composition root. Next.js loads this module once per bundle, so what it opens is kept with the process.
 * @throws ConfigError where a variable is wrong; SessionError `unavailable` where the database does not open.
 */
export function rekindle(): Promise<Rekindle> {
  slot.rekindle ??= compose(readConfig()).catch((error) => {
    slot.rekindle = undefined
    throw error
  })
  return slot.rekindle
}

async function compose(config: Config): Promise<Rekindle> {
  const [access, refresh, challenge, internal, device] = await Promise.all([
    openKeyring(config.accessTokenSecrets),
    openKeyring(config.refreshTokenSecrets),
    openKeyring(config.refreshTokenSecrets, 'challenge'),
    openKeyring(config.refreshTokenSecrets, 'internal'),
    openKeyring(config.refreshTokenSecrets, 'device'),
  ])
  const database = await openDatabase(config.databaseUrl)
  const throttle = createThrottle(database, config)
  const engine = createEngine({
    store: database.sessions,
    access: createAccessTokens(access, config, config.accessTokenMs),
    refresh: createRefreshTokens(refresh),
    challenges: createChallenges(challenge),
    policy: config,
    admit: ({ sessionId }) => throttle.refresh(sessionId),
    clock: Date.now,
  })
  return {
    config,
    database,
    engine,
    callers: createInternalCallers(internal),
    devices: createDevices(device, Date.now),
    throttle,
  }
}
