import type { Live } from '@/contracts/service'
import { resource } from '@/server/http/resource'
import { route } from '@/server/http/route'

const live = route(async () => Response.json({ status: 'live' } satisfies Live))

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = resource({ GET: live })
