import { signInBody } from '@/contracts/sign-in'
import { clientOf } from '@/server/client'
import { authenticate } from '@/server/credentials'
import { cookiesOf, route } from '@/server/http'
import { otherMethods } from '@/server/method'
import { readBody } from '@/server/request-body'
import { rekindle } from '@/server/sessions'
import { backToForm, signIn } from '@/server/sign-in'

export const POST = route(
  async (request) => {
    const { username, password, next } = await readBody(request, signInBody)
    const { config, devices } = await rekindle()
    const device = await devices.read(cookiesOf(request.headers, config).device)
    const { address } = clientOf(request.headers)
    const user = await authenticate(username, password, { address, device })
    return signIn(request, user, next)
  },
  { formFailure: backToForm('/sign-in') },
)

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods('POST')
