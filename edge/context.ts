import { type EdgeConfig, readEdgeConfig } from '@/config/edge'
import { openAccessKeyring } from '@/session/keys/access-keyring'
import { keyringFor, openKeyring } from '@/session/keys/keyring'
import { type AccessTokens, createAccessTokens } from '@/session/tokens/access-token'
import { createInternalCallers, type InternalCallers } from '@/session/tokens/internal-caller'
import { createEdgeLog } from './log'

/** What middleware works with: configuration read at run time, keys imported once. */
export interface EdgeParts {
  readonly config: EdgeConfig
  readonly accessTokens: AccessTokens
  readonly callers: InternalCallers
  readonly reportUnanswered: ReturnType<typeof createEdgeLog>
}

let parts: Promise<EdgeParts> | undefined

export function edgeParts(): Promise<EdgeParts> {
  parts ??= compose(readEdgeConfig()).catch((error) => {
    parts = undefined
    throw error
  })
  return parts
}

async function compose(config: EdgeConfig): Promise<EdgeParts> {
  const [access, internal] = await Promise.all([
    openAccessKeyring(config.accessKeys),
    openKeyring(config.refreshTokenSecrets, 'internal'),
  ])
  return {
    config,
    accessTokens: createAccessTokens(access, config, config.accessTokenMs),
    callers: createInternalCallers(keyringFor(config.issuer, internal)),
    reportUnanswered: createEdgeLog(config.logLevel, config.logMark),
  }
}
