import { cookieJson } from '@/contracts/cookie-json'
import { signUpBody } from '@/contracts/sign-in'
import { register } from '@/server/auth/account/account'
import { backToForm, signIn } from '@/server/auth/sign-in/sign-in'
import { clientOf } from '@/server/http/client-info'
import { readBody } from '@/server/http/request-body'
import { resource } from '@/server/http/resource'
import { route } from '@/server/http/route'

const options = { contract: cookieJson, formFailure: backToForm('/sign-up'), takesForms: true }

const enter = route(async (request) => {
  const { username, password, next } = await readBody(request, signUpBody)
  const user = await register(username, password, clientOf(request.headers))
  return signIn(request, user, next)
}, options)

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: enter }, options)
