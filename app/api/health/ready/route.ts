import type { Ready } from '@/contracts/service'
import { route } from '@/server/http'
import { resource } from '@/server/resource'
import { rekindle } from '@/server/sessions'

const ready = route(async () => {
  const { database } = await rekindle()
  await database.ping()
  return Response.json({ status: 'ready' } satisfies Ready)
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: ready })
