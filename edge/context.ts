import { type EdgeConfig, readEdgeConfig } from '@/config/edge'
import { openAccessKeyring } from '@/session/keys/access-keyring'
import type { SignerOf } from '@/session/keys/signer'
import { type AccessTokens, createAccessTokens } from '@/session/tokens/access-token'
import { createEdgeLog } from './log'
import type { Refresh } from './refresh'

/** What differs between the runtimes that the gate runs in. */
export interface Runtime {
  /** Opens the way to a refresh. Called once in each process, and again if it failed. */
  readonly openRefresh: (config: EdgeConfig) => Promise<Refresh>
  /** Does the cryptography of access tokens. The default is Web Crypto, which every runtime has. */
  readonly signerOf?: SignerOf
}

/** What every request of middleware needs: the configuration, read at run time, the imported keys, and the way to a refresh. */
export interface EdgeContext {
  readonly config: EdgeConfig
  readonly accessTokens: AccessTokens
  readonly refresh: Refresh
  readonly reportUnansweredRefresh: ReturnType<typeof createEdgeLog>
}

/**
 * Returns a function that opens the context on its first call, and then returns the same one. A failure is not kept: the next
 * call tries again.
 */
export function createContext(runtime: Runtime): () => Promise<EdgeContext> {
  let opened: Promise<EdgeContext> | undefined
  return () => {
    opened ??= openContext(readEdgeConfig(), runtime).catch((error) => {
      opened = undefined
      throw error
    })
    return opened
  }
}

/** @throws where a key cannot be imported. */
async function openContext(
  config: EdgeConfig,
  { openRefresh, signerOf }: Runtime,
): Promise<EdgeContext> {
  const [access, refresh] = await Promise.all([
    openAccessKeyring(config.accessKeys, signerOf),
    openRefresh(config),
  ])
  return {
    config,
    accessTokens: createAccessTokens(access, config, config.accessTokenMs),
    refresh,
    reportUnansweredRefresh: createEdgeLog(config.logLevel, config.logMark),
  }
}
