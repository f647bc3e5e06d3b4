'use client'

import { createClient } from '@/client/client'
import { fetchAsShown } from './browser-person'

/**
 * This browser's session, as the screens know it. Middleware renews it on the way of every request, so that nothing is asked
 * ahead of time; the tabs tell each other of its end. What it writes names whom the page was rendered for.
 */
export const sessionClient = createClient({ proactive: false, fetch: fetchAsShown })
