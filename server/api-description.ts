import 'server-only'
import { createHash } from 'node:crypto'
import type { Config } from '@/config'
import { accountOperations } from '@/contracts/account'
import { cookieRefreshOperations } from '@/contracts/cookie-refresh'
import { describeApi } from '@/contracts/openapi'
import type { ContractName, Operation } from '@/contracts/operation'
import { serviceOperations } from '@/contracts/service'
import { signInOperations } from '@/contracts/sign-in'

const ALL: readonly Operation[] = [
  ...signInOperations,
  ...cookieRefreshOperations,
  ...accountOperations,
  ...serviceOperations,
]
const EVERY_CONTRACT: ReadonlySet<ContractName> = new Set([
  'cookie-json',
  'bearer-or-body',
  'cookie-get',
  'bearer-post',
  'oauth',
])

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
export function apiDescription(config: Pick<Config, 'appOrigin' | 'secure'>): ApiDescription {
  const known = made.get(config)
  if (known) return known
  const place = { origin: config.appOrigin, secure: config.secure }
  const text = JSON.stringify(describeApi(operations(), place))
  const hash = createHash('sha256').update(text).digest('base64url')
  const description = { text, etag: `"${hash}"` }
  made.set(config, description)
  return description
}
