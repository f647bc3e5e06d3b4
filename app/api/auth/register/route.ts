import { z } from 'zod'
import { cookieJson } from '@/contracts/cookie-json'
import { register } from '@/server/account'
import { clientOf } from '@/server/client'
import { newPassword, userName } from '@/server/credentials'
import { route } from '@/server/http'
import { readBody } from '@/server/request-body'
import { resource } from '@/server/resource'
import { backToForm, signIn } from '@/server/sign-in'

const body = z.object({
  username: userName,
  password: newPassword,
  next: z.string().optional(),
})

const options = { contract: cookieJson, formFailure: backToForm('/sign-up') }

const enter = route(async (request) => {
  const { username, password, next } = await readBody(request, body)
  const user = await register(username, password, clientOf(request.headers))
  return signIn(request, user, next)
}, options)

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: enter }, options)
