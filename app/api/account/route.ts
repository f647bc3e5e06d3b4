import { accountRemovalBody } from '@/contracts/account'
import { deleteAccount } from '@/server/account'
import { clientOf } from '@/server/client'
import { protectedRoute } from '@/server/protected-route'
import { readBody } from '@/server/request-body'
import { resource } from '@/server/resource'

const remove = protectedRoute(async (request, session) => {
  const { currentPassword } = await readBody(request, accountRemovalBody)
  await deleteAccount({ ...session, client: clientOf(request.headers) }, currentPassword)
  return new Response(null, { status: 204 })
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ DELETE: remove })
