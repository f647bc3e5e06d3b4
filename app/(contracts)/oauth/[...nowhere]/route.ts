import { nowhere } from '@/server/nowhere'

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = nowhere
