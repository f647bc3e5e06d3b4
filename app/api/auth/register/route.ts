import { signUpBody } from '@/contracts/sign-in'
import { register } from '@/server/account'
import { clientOf } from '@/server/client'
import { route } from '@/server/http'
import { otherMethods } from '@/server/method'
import { readBody } from '@/server/request-body'
import { backToForm, signIn } from '@/server/sign-in'

export const POST = route(
  async (request) => {
    const { username, password, next } = await readBody(request, signUpBody)
    const user = await register(username, password, clientOf(request.headers))
    return signIn(request, user, next)
  },
  { formFailure: backToForm('/sign-up') },
)

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods('POST')
