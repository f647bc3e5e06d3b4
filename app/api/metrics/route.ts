import { requireBearerSecret } from '@/server/auth/clients/bearer-secret'
import { services } from '@/server/composition'
import { resource } from '@/server/http/resource'
import { route } from '@/server/http/route'
import { metrics } from '@/server/telemetry/metrics'

const refusal = {
  code: 'INVALID_METRICS_TOKEN',
  message: 'This needs the token of the metrics',
} as const

const show = route(async ({ headers }) => {
  const { config, database } = await services()
  requireBearerSecret(headers, config.metricsToken, refusal)
  const { text, contentType } = await metrics().exposition(database.pool?.() ?? null)
  return new Response(text, { headers: { 'Content-Type': contentType } })
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: show })
