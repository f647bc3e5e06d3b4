import type { Live } from '@/contracts/service'
import { route } from '@/server/http'
import { otherMethods } from '@/server/method'

export const GET = route(async () => Response.json({ status: 'live' } satisfies Live))

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods('GET')
