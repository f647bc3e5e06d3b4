import { cookieJson } from '@/contracts/cookie-json'
import { signInBody } from '@/contracts/sign-in'
import { route } from '@/server/http'
import { readBody } from '@/server/request-body'
import { resource } from '@/server/resource'
import { authenticateRequest, backToForm, signIn } from '@/server/sign-in'

const options = { contract: cookieJson, formFailure: backToForm('/sign-in'), takesForms: true }

const enter = route(async (request) => {
  const { username, password, next } = await readBody(request, signInBody)
  return signIn(request, await authenticateRequest(request, username, password), next)
}, options)

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ POST: enter }, options)
