import { z } from 'zod'
import { deleteAccount } from '@/server/account'
import { clientOf } from '@/server/client'
import { givenPassword } from '@/server/credentials'
import { requireApiSession } from '@/server/dal'
import { route } from '@/server/http'
import { readBody } from '@/server/request-body'

const body = z.object({ currentPassword: givenPassword })

export const DELETE = route(async (request) => {
  const session = await requireApiSession()
  const { currentPassword } = await readBody(request, body)
  await deleteAccount({ ...session, client: clientOf(request.headers) }, currentPassword)
  return new Response(null, { status: 204 })
})
