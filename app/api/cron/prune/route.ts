import type { Pruned } from '@/contracts/service'
import { requireBearerSecret } from '@/server/auth/clients/bearer-secret'
import { services } from '@/server/composition'
import { resource } from '@/server/http/resource'
import { route } from '@/server/http/route'
import { pruneDatabase } from '@/server/process/pruning'

/** The time limit of a call on a platform, in seconds. Pruning takes at most 20. */
export const maxDuration = 60

const refusal = {
  code: 'INVALID_CRON_SECRET',
  message: 'This needs the secret of the cron',
} as const

const prune = route(
  async ({ headers }) => {
    const { config } = await services()
    requireBearerSecret(headers, config.cronSecret, refusal)
    return Response.json((await pruneDatabase()) satisfies Pruned)
  },
  { guardsReads: true },
)

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource(
  { GET: prune },
  { guardsReads: true },
)
