import { cookieGet } from '@/contracts/cookie-get'
import { refreshEndpoint } from '@/server/auth/session/refresh-endpoint'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = refreshEndpoint(cookieGet)
