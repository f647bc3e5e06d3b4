import { notFoundHandlers } from '@/server/http/not-found'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = notFoundHandlers
