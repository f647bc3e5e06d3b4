import { type PasswordChanged, passwordChangeBody } from '@/contracts/account'
import { changePassword } from '@/server/account'
import { clientOf } from '@/server/client'
import { movedSession } from '@/server/moved-session'
import { protectedRoute } from '@/server/protected-route'
import { readBody } from '@/server/request-body'
import { resource } from '@/server/resource'

const change = protectedRoute(async (request, session) => {
  const given = await readBody(request, passwordChangeBody)
  const asker = { ...session, client: clientOf(request.headers) }
  const { ended, grant } = await changePassword(asker, given.currentPassword, given.newPassword)
  return grant
    ? movedSession(request, session, ended, grant)
    : Response.json({ ended } satisfies PasswordChanged)
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: change })
