import 'server-only'
import { createHash } from 'node:crypto'
import type { Config } from '@/config/read'
import { accountOperations } from '@/contracts/account'
import { bearerOrBodyOperations } from '@/contracts/bearer-or-body'
import { bearerPostOperations } from '@/contracts/bearer-post'
import { CONTRACT_NAMES, type ContractName } from '@/contracts/contract'
import { cookieGetOperations } from '@/contracts/cookie-get'
import { cookieJsonOperations } from '@/contracts/cookie-json'
import { oauthOperations } from '@/contracts/oauth'
import { describeApi } from '@/contracts/openapi/openapi'
import type { Operation } from '@/contracts/openapi/operation'
import { serviceOperations } from '@/contracts/service'
import { signInOperations } from '@/contracts/sign-in'

const ALL: readonly Operation[] = [
  ...signInOperations,
  ...cookieJsonOperations,
  ...bearerOrBodyOperations,
  ...cookieGetOperations,
  ...bearerPostOperations,
  ...oauthOperations,
  ...accountOperations,
  ...serviceOperations,
]
const EVERY_CONTRACT: ReadonlySet<ContractName> = new Set(CONTRACT_NAMES)

/** What can be asked of a server that serves these contracts. */
export function operations(served = EVERY_CONTRACT): readonly Operation[] {
  return ALL.filter(({ contract }) => contract === null || served.has(contract))
}

/** The description as it goes over the wire, with its entity tag. */
export interface ApiDescription {
  readonly text: string
  readonly etag: string
}

const made = new WeakMap<object, ApiDescription>()

/** The OpenAPI description of this server: made once for a configuration. */
export function apiDescription(
  config: Pick<Config, 'appOrigin' | 'secure' | 'contracts'>,
): ApiDescription {
  const known = made.get(config)
  if (known) return known
  const place = { origin: config.appOrigin, secure: config.secure }
  const text = JSON.stringify(describeApi(operations(config.contracts), place))
  const hash = createHash('sha256').update(text).digest('base64url')
  const description = { text, etag: `"${hash}"` }
  made.set(config, description)
  return description
}
