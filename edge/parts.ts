import { type EdgeConfig, readEdgeConfig } from '@/config.edge'
import { openAccessKeyring } from '@/session/access-keyring'
import { type AccessTokens, createAccessTokens } from '@/session/access-token'
import { createInternalCallers, type InternalCallers } from '@/session/internal-caller'
import { keyringFor, openKeyring } from '@/session/keyring'
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
