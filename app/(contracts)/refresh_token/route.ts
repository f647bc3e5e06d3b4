import { bearerPost } from '@/contracts/bearer-post'
import { refreshEndpoint } from '@/server/auth/session/refresh'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = refreshEndpoint(bearerPost)
