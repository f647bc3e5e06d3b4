import type { Ready } from '@/contracts/service'
import { route } from '@/server/http'
import { unavailable } from '@/server/http-error'
import { resource } from '@/server/resource'
import { rekindle } from '@/server/sessions'
import { isStopping } from '@/server/shutdown'

const ready = route(async () => {
  if (isStopping()) throw unavailable(1)
  const { database } = await rekindle()
  await database.ping()
  return Response.json({ status: 'ready' } satisfies Ready)
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: ready })
