import { type EdgeConfig, readEdgeConfig } from '@/config/edge'
import { openAccessKeyring } from '@/session/keys/access-keyring'
import { keyringFor, openKeyring } from '@/session/keys/keyring'
import { type AccessTokens, createAccessTokens } from '@/session/tokens/access-token'
import { createInternalCallers, type InternalCallers } from '@/session/tokens/internal-caller'
import { createEdgeLog } from './log'

/** What every request of middleware needs: the configuration, read at run time, and the imported keys. */
export interface EdgeContext {
  readonly config: EdgeConfig
  readonly accessTokens: AccessTokens
  readonly callers: InternalCallers
  readonly reportUnansweredRefresh: ReturnType<typeof createEdgeLog>
}

let cached: Promise<EdgeContext> | undefined

/**
 * The context of this process, created on first use. A failure is not cached: the next request tries again.
 * @throws where a key cannot be imported.
 */
export function edgeContext(): Promise<EdgeContext> {
  cached ??= compose(readEdgeConfig()).catch((error) => {
    cached = undefined
    throw error
  })
  return cached
}

async function compose(config: EdgeConfig): Promise<EdgeContext> {
  const [access, internal] = await Promise.all([
    openAccessKeyring(config.accessKeys),
    openKeyring(config.refreshTokenSecrets, 'internal'),
  ])
  return {
    config,
    accessTokens: createAccessTokens(access, config, config.accessTokenMs),
    callers: createInternalCallers(keyringFor(config.issuer, internal)),
    reportUnansweredRefresh: createEdgeLog(config.logLevel, config.logMark),
  }
}
