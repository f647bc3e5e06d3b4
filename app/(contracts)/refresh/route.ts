import { bearerOrBody } from '@/contracts/bearer-or-body'
import { refreshEndpoint } from '@/server/auth/session/refresh-endpoint'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = refreshEndpoint(bearerOrBody)
