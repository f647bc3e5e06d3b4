'use client'

import { createClient } from '@/client/client'
import { fetchAsShown } from './browser-person'

/**
 * The session client of the pages. It does not refresh ahead of time, because middleware refreshes the session when a request
 * needs it. The tabs tell each other when the session ends. Its writes name the user that the page was rendered for.
 */
export const sessionClient = createClient({ proactive: false, fetch: fetchAsShown })
