import { route } from '@/server/http'
import { refreshRefusal } from '@/server/http-error'
import { otherMethods } from '@/server/method'
import { refreshWithCookies } from '@/server/refresh'

export const POST = route(refreshWithCookies, { refusal: refreshRefusal })

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods('POST')
