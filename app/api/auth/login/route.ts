import { cookieJson } from '@/contracts/cookie-json'
import { signInBody } from '@/contracts/sign-in'
import { authenticateRequest, backToForm, signIn } from '@/server/auth/sign-in/sign-in'
import { readBody } from '@/server/http/request-body'
import { resource } from '@/server/http/resource'
import { route } from '@/server/http/route'

const options = { contract: cookieJson, formFailure: backToForm('/sign-in'), takesForms: true }

const enter = route(async (request) => {
  const { username, password, next } = await readBody(request, signInBody)
  return signIn(request, await authenticateRequest(request, username, password), next)
}, options)

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: enter }, options)
