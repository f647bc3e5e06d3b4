import 'server-only'
import { createHash } from 'node:crypto'
import type { Config } from '@/config/read'
import { accountOperations } from '@/contracts/account'
import { bearerOrBodyOperations } from '@/contracts/bearer-or-body'
import { bearerPostOperations } from '@/contracts/bearer-post'
import { CONTRACT_NAMES, type ContractName } from '@/contracts/contract'
import { cookieGetOperations } from '@/contracts/cookie-get'
import { cookieJsonOperations } from '@/contracts/cookie-json'
import { labOperations } from '@/contracts/lab'
import { lifeOperations } from '@/contracts/life'
import { oauthOperations } from '@/contracts/oauth-operations'
import { describeApi, type OpenApi } from '@/contracts/openapi/openapi'
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
  ...lifeOperations,
  ...serviceOperations,
  ...labOperations,
]
const EVERY_CONTRACT: ReadonlySet<ContractName> = new Set(CONTRACT_NAMES)

/** The operations of a server that serves these contracts; of all contracts by default. */
export function operations(served = EVERY_CONTRACT): readonly Operation[] {
  return ALL.filter(({ contract }) => contract === null || served.has(contract))
}

/** The OpenAPI description, and its JSON text with its entity tag (RFC 9110 §8.8.3). */
export interface ApiDescription {
  readonly document: OpenApi
  readonly text: string
  readonly etag: string
}

const made = new WeakMap<object, ApiDescription>()

/** Returns the OpenAPI description of this server. It is made once for each configuration object. */
export function apiDescription(
  config: Pick<Config, 'appOrigin' | 'secure' | 'contracts'>,
): ApiDescription {
  const known = made.get(config)
  if (known) return known
  const place = { origin: config.appOrigin, secure: config.secure }
  const document = describeApi(operations(config.contracts), place)
  const text = JSON.stringify(document)
  const hash = createHash('sha256').update(text).digest('base64url')
  const description = { document, text, etag: `"${hash}"` }
  made.set(config, description)
  return description
}
