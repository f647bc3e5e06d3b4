'use client'

import { createClient } from '@/client/client'

/**
 * This browser's session, as the screens know it. Middleware renews it on the way of every request, so that nothing is asked
 * ahead of time; the tabs tell each other of its end.
 */
export const sessionClient = createClient({ proactive: false })
