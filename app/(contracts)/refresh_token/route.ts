import { bearerPost } from '@/contracts/bearer-post'
import { refreshEndpoint } from '@/server/refresh'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = refreshEndpoint(bearerPost)
