import type { Ready } from '@/contracts/service'
import { services } from '@/server/composition'
import { unavailable } from '@/server/http/http-error'
import { resource } from '@/server/http/resource'
import { route } from '@/server/http/route'
import { isStopping } from '@/server/process/shutdown'

const ready = route(async () => {
  if (isStopping()) throw unavailable(1)
  const { database } = await services()
  await database.ping()
  return Response.json({ status: 'ready' } satisfies Ready)
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: ready })
