import { bearerPost } from '@/contracts/bearer-post'
import { refreshEndpoint } from '@/server/auth/session/refresh-endpoint'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = refreshEndpoint(bearerPost)
