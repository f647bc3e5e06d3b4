import { route } from '@/server/http'
import { refreshRefusal } from '@/server/http-error'
import { refreshWithCookies } from '@/server/refresh'

export const POST = route(refreshWithCookies, { refusal: refreshRefusal })
