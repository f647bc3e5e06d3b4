import 'server-only'
import type { Config } from '@/config/read'
import { openAccessKeyring } from '@/session/keys/access-keyring'
import { type Keyring, keyringFor, openKeyring } from '@/session/keys/keyring'
import type { TokenType } from '@/session/keys/signer'
import { type AccessTokens, createAccessTokens } from '@/session/tokens/access-token'
import { createRefreshTokens, type RefreshTokens } from '@/session/tokens/refresh-token'
import { createDeviceTokens } from '../auth/account/device-token'

/** The tokens that a cookie of this app can hold. */
export type TokenRole = 'access' | 'refresh' | 'challenge' | 'device'

/** A kind of token, and the keys that sign it. */
export interface Signer {
  readonly type: TokenType
  readonly keyring: Keyring
  /** The `iss` and `aud` that are required of it, where the keyring does not set them. */
  readonly expect?: { readonly issuer: string; readonly audience: string }
}

/** What signs the tokens of this server. Unlike the engine's, each can sign as of a time that has passed. */
export interface Signers {
  readonly access: AccessTokens
  readonly refresh: RefreshTokens
  /** Signs the token of a new device, which signed in to the account with this name key at `at`. */
  device(account: string, sessionId: string, at: number): Promise<string>
  readonly byRole: Readonly<Record<TokenRole, Signer>>
}

const opened = new WeakMap<Config, Promise<Signers>>()

/** The signers of this configuration, with the keys that `server/composition.ts` gives to the product. */
export function openSigners(config: Config): Promise<Signers> {
  const known = opened.get(config) ?? open(config)
  opened.set(config, known)
  return known
}

async function open(config: Config): Promise<Signers> {
  const own = async (label?: string) =>
    keyringFor(config.issuer, await openKeyring(config.refreshTokenSecrets, label))
  const [access, refresh, challenge, device] = await Promise.all([
    openAccessKeyring(config.accessKeys),
    own(),
    own('challenge'),
    own('device'),
  ])
  const { issuer, audience } = config
  return {
    access: createAccessTokens(access, config, config.accessTokenMs),
    refresh: createRefreshTokens(refresh),
    device: (account, sessionId, at) =>
      createDeviceTokens(device, () => at).issue({ account, sessionId }),
    byRole: {
      access: { type: 'at+jwt', keyring: access, expect: { issuer, audience } },
      refresh: { type: 'rt+jwt', keyring: refresh },
      challenge: { type: 'challenge+jwt', keyring: challenge },
      device: { type: 'device+jwt', keyring: device },
    },
  }
}
