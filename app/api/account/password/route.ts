import { type PasswordChanged, passwordChangeBody } from '@/contracts/account'
import { changePassword } from '@/server/auth/account/account'
import { passwordChangedResponse } from '@/server/auth/session/password-changed-response'
import { protectedRoute } from '@/server/auth/session/protected-route'
import { clientOf } from '@/server/http/client-info'
import { readBody } from '@/server/http/request-body'
import { resource } from '@/server/http/resource'

const change = protectedRoute(async (request, session) => {
  const given = await readBody(request, passwordChangeBody)
  const asker = { ...session, client: clientOf(request.headers) }
  const { ended, grant } = await changePassword(asker, given.currentPassword, given.newPassword)
  return grant
    ? passwordChangedResponse(request, session, ended, grant)
    : Response.json({ ended } satisfies PasswordChanged)
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: change })
