import { confirmationBody } from '@/contracts/account'
import { confirmPassword } from '@/server/auth/account/account'
import { protectedRoute } from '@/server/auth/session/protected-route'
import { clientOf } from '@/server/http/client-info'
import { readBody } from '@/server/http/request-body'
import { resource } from '@/server/http/resource'

const confirm = protectedRoute(async (request, session) => {
  const { currentPassword } = await readBody(request, confirmationBody)
  await confirmPassword({ ...session, client: clientOf(request.headers) }, currentPassword)
  return new Response(null, { status: 204 })
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: confirm })
