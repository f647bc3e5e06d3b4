import { confirmationBody } from '@/contracts/account'
import { confirmPassword } from '@/server/account'
import { clientOf } from '@/server/client'
import { protectedRoute } from '@/server/protected-route'
import { readBody } from '@/server/request-body'
import { resource } from '@/server/resource'

const confirm = protectedRoute(async (request, session) => {
  const { currentPassword } = await readBody(request, confirmationBody)
  await confirmPassword({ ...session, client: clientOf(request.headers) }, currentPassword)
  return new Response(null, { status: 204 })
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: confirm })
