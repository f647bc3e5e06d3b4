import { oauth } from '@/contracts/oauth'
import { refreshEndpoint } from '@/server/refresh'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = refreshEndpoint(oauth)
