import { requireBearerSecret } from '@/server/bearer-secret'
import { route } from '@/server/http'
import { metrics } from '@/server/metrics'
import { resource } from '@/server/resource'
import { rekindle } from '@/server/sessions'

const refusal = { code: 'INVALID_METRICS_TOKEN', message: 'This needs the token of the metrics' }

const show = route(async ({ headers }) => {
  const { config, database } = await rekindle()
  requireBearerSecret(headers, config.metricsToken, refusal)
  const { text, contentType } = await metrics().exposition(database.pool?.() ?? null)
  return new Response(text, { headers: { 'Content-Type': contentType } })
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: show })
