import { route } from '@/server/http'
import { metrics } from '@/server/metrics'
import { requireMetricsReader } from '@/server/metrics-reader'
import { resource } from '@/server/resource'
import { rekindle } from '@/server/sessions'

const show = route(async ({ headers }) => {
  const { config, database } = await rekindle()
  requireMetricsReader(headers, config)
  const { text, contentType } = await metrics().exposition(database.pool?.() ?? null)
  return new Response(text, { headers: { 'Content-Type': contentType } })
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: show })
