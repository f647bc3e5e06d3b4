import { cookieJson } from '@/contracts/cookie-json'
import { refreshEndpoint } from '@/server/auth/session/refresh'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = refreshEndpoint(cookieJson)
