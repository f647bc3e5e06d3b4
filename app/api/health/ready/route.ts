import type { Ready } from '@/contracts/service'
import { route } from '@/server/http'
import { otherMethods } from '@/server/method'
import { rekindle } from '@/server/sessions'

export const GET = route(async () => {
  const { database } = await rekindle()
  await database.ping()
  return Response.json({ status: 'ready' } satisfies Ready)
})

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods('GET')
