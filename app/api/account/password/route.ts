import { type Ended, passwordChangeBody } from '@/contracts/account'
import { changePassword } from '@/server/account'
import { clientOf } from '@/server/client'
import { requireApiSession } from '@/server/dal'
import { route } from '@/server/http'
import { otherMethods } from '@/server/method'
import { readBody } from '@/server/request-body'

export const POST = route(async (request) => {
  const session = await requireApiSession()
  const given = await readBody(request, passwordChangeBody)
  const asker = { ...session, client: clientOf(request.headers) }
  const ended = await changePassword(asker, given.currentPassword, given.newPassword)
  return Response.json({ ended } satisfies Ended)
})

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods('POST')
