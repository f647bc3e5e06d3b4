import { type Ended, passwordChangeBody } from '@/contracts/account'
import { changePassword } from '@/server/account'
import { clientOf } from '@/server/client'
import { requireApiSession } from '@/server/dal'
import { route } from '@/server/http'
import { readBody } from '@/server/request-body'
import { resource } from '@/server/resource'

const change = route(async (request) => {
  const session = await requireApiSession()
  const given = await readBody(request, passwordChangeBody)
  const asker = { ...session, client: clientOf(request.headers) }
  const ended = await changePassword(asker, given.currentPassword, given.newPassword)
  return Response.json({ ended } satisfies Ended)
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: change })
