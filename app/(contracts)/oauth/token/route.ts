import { oauth } from '@/contracts/oauth'
import { refreshEndpoint } from '@/server/auth/session/refresh'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = refreshEndpoint(oauth)
