import { z } from 'zod'
import { changePassword } from '@/server/account'
import { clientOf } from '@/server/client'
import { givenPassword, newPassword } from '@/server/credentials'
import { requireApiSession } from '@/server/dal'
import { route } from '@/server/http'
import { readBody } from '@/server/request-body'

const body = z.object({ currentPassword: givenPassword, newPassword })

export const POST = route(async (request) => {
  const session = await requireApiSession()
  const given = await readBody(request, body)
  const asker = { ...session, client: clientOf(request.headers) }
  const ended = await changePassword(asker, given.currentPassword, given.newPassword)
  return Response.json({ ended })
})
