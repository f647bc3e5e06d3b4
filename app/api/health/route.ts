import type { Live } from '@/contracts/service'
import { route } from '@/server/http'

export const GET = route(async () => Response.json({ status: 'live' } satisfies Live))
