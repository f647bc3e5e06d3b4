'use client'

import { createClient } from '@/client/client'
import { fetchAsShown } from './browser-person'

/**
 * The session client of the pages. It does not refresh ahead of time, because middleware renews the session with each request. The
 * tabs tell each other when the session ends. Its writes name the user that the page was rendered for.
 */
export const sessionClient = createClient({ proactive: false, fetch: fetchAsShown })
