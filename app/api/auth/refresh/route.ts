import { cookieJson } from '@/contracts/cookie-json'
import { refreshEndpoint } from '@/server/auth/session/refresh-endpoint'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = refreshEndpoint(cookieJson)
