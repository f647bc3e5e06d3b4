import type { Ready } from '@/contracts/service'
import { route } from '@/server/http'
import { rekindle } from '@/server/sessions'

export const GET = route(async () => {
  const { database } = await rekindle()
  await database.ping()
  return Response.json({ status: 'ready' } satisfies Ready)
})
