import 'server-only'
import { type Config, ConfigError, readConfig } from '@/config/read'
import type { Database } from '@/db/database'
import { openDatabase } from '@/db/open'
import { createEngine, type Engine } from '@/session/engine'
import { openAccessKeyring } from '@/session/keys/access-keyring'
import { KeyPairError } from '@/session/keys/key-pair'
import { keyringFor, openKeyring } from '@/session/keys/keyring'
import { type PublicKeySet, publicKeySet } from '@/session/keys/public-keys'
import type { EpochMs } from '@/session/time'
import { createAccessTokens } from '@/session/tokens/access-token'
import { createChallenges } from '@/session/tokens/challenge'
import { createInternalCallers, type InternalCallers } from '@/session/tokens/internal-caller'
import { createRefreshTokens } from '@/session/tokens/refresh-token'
import { createDeviceTokens, type DeviceTokens } from './auth/account/device-token'
import { claimsOf, ownUsers } from './auth/own'
import { createUserOf } from './auth/own-users'
import { nodeSigner } from './keys/node-signer'
import type { Lab } from './lab/lab'
import { observeThrottle } from './limits/observed-throttle'
import { createThrottle, type Throttle } from './limits/throttle'
import { openClock } from './process/clock'
import { observeDatabase } from './telemetry/observed-database'

/** What routes and pages work with. It is put together once in each process. */
export interface Services {
  readonly config: Config
  readonly database: Database
  /** The time that all machines on the database agree on, in milliseconds since the epoch. */
  readonly clock: () => EpochMs
  readonly engine: Engine
  readonly callers: InternalCallers
  readonly devices: DeviceTokens
  readonly throttle: Throttle
  /** The keys with which other services verify access tokens. */
  readonly publicKeys: PublicKeySet
  /** The lab, or null unless `LAB=1`. */
  readonly lab: Lab | null
}

const slot = globalThis as { rekindle?: Promise<Services> | undefined }

/**
 * The composition root. Next.js loads this module once per bundle, so the services are kept on `globalThis` and opened once in
 * each process.
 * @throws ConfigError if a variable is wrong; SessionError `unavailable` if the database does not open.
 */
export function services(): Promise<Services> {
  slot.rekindle ??= compose(readConfig()).catch((error) => {
    slot.rekindle = undefined
    throw error
  })
  return slot.rekindle
}

async function compose(config: Config): Promise<Services> {
  const own = async (label?: string) =>
    keyringFor(config.issuer, await openKeyring(config.refreshTokenSecrets, label, nodeSigner))
  const [access, refresh, challenge, internal, device] = await Promise.all([
    openAccessKeyring(config.accessKeys, nodeSigner).catch(asConfigError),
    own(),
    own('challenge'),
    own('internal'),
    own('device'),
  ])
  const opened = observeDatabase(await openDatabase(config.databaseUrl, config.database))
  const clock = await openClock(opened.now).catch(async (error) => {
    await opened.close()
    throw error
  })
  // Imported here, so that a server without a lab loads nothing of it.
  const lab = config.lab ? (await import('./lab/lab')).openLab(config, opened, clock) : null
  const database = lab ? { ...opened, sessions: lab.observeStore(opened.sessions) } : opened
  const throttle = observeThrottle(createThrottle(withSharedClock(database, clock), config))
  const engine = createEngine({
    store: database.sessions,
    accessTokens: createAccessTokens(access, config, config.accessTokenMs),
    refreshTokens: createRefreshTokens(refresh),
    challenges: createChallenges(challenge),
    policy: config,
    userOf: ownUsers && createUserOf(ownUsers, database.users, clock),
    claimsOf,
    admit: ({ sessionId }) => throttle.refresh(sessionId),
    clock,
  })
  return {
    config,
    database,
    clock,
    engine: lab ? lab.observeEngine(engine) : engine,
    lab,
    callers: createInternalCallers(internal),
    devices: createDeviceTokens(device, clock),
    throttle,
    publicKeys: await publicKeySet(config.accessKeys.keyPairs),
  }
}

/** Machines share the rows of the limits, so the limits must use the clock that machines share. */
function withSharedClock(database: Database, now: () => EpochMs): Database {
  return { ...database, limiter: (options) => database.limiter({ ...options, now }) }
}

/** A broken key is found only when it is imported, after the configuration was read. */
function asConfigError(error: unknown): never {
  if (!(error instanceof KeyPairError)) throw error
  throw new ConfigError(`ACCESS_TOKEN_KEYS must hold whole key pairs: ${error.message}`)
}
