import { z } from 'zod'
import { register } from '@/server/account'
import { clientOf } from '@/server/client'
import { newPassword, userName } from '@/server/credentials'
import { route } from '@/server/http'
import { readBody } from '@/server/request-body'
import { backToForm, signIn } from '@/server/sign-in'

const body = z.object({
  username: userName,
  password: newPassword,
  next: z.string().optional(),
})

export const POST = route(
  async (request) => {
    const { username, password, next } = await readBody(request, body)
    const user = await register(username, password, clientOf(request.headers))
    return signIn(request, user, next)
  },
  { formFailure: backToForm('/sign-up') },
)
