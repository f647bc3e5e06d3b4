import { cookieJson } from '@/contracts/cookie-json'
import { signUpBody } from '@/contracts/sign-in'
import { register } from '@/server/account'
import { clientOf } from '@/server/client'
import { route } from '@/server/http'
import { readBody } from '@/server/request-body'
import { resource } from '@/server/resource'
import { backToForm, signIn } from '@/server/sign-in'

const options = { contract: cookieJson, formFailure: backToForm('/sign-up'), takesForms: true }

const enter = route(async (request) => {
  const { username, password, next } = await readBody(request, signUpBody)
  const user = await register(username, password, clientOf(request.headers))
  return signIn(request, user, next)
}, options)

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: enter }, options)
