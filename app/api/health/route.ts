import type { Live } from '@/contracts/service'
import { route } from '@/server/http'
import { resource } from '@/server/resource'

const live = route(async () => Response.json({ status: 'live' } satisfies Live))

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: live })
