import { accountRemovalBody } from '@/contracts/account'
import { deleteAccount, deletePasswordlessAccount } from '@/server/auth/account/account'
import { protectedRoute } from '@/server/auth/session/protected-route'
import { RECENT_AUTH_MS, requireRecentApiAuth } from '@/server/auth/session/recent-auth'
import { clientOf } from '@/server/http/client-info'
import { readBody } from '@/server/http/request-body'
import { resource } from '@/server/http/resource'

const remove = protectedRoute(async (request, session) => {
  if (session.hasPassword) {
    const { currentPassword } = await readBody(request, accountRemovalBody)
    await deleteAccount({ ...session, client: clientOf(request.headers) }, currentPassword)
  } else {
    await requireRecentApiAuth(session, { maxAgeMs: RECENT_AUTH_MS })
    await deletePasswordlessAccount(session)
  }
  return new Response(null, { status: 204 })
})

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ DELETE: remove })
