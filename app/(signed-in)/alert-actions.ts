'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { dismissAlert } from '@/server/auth/account/activity'
import { personalAction } from '@/server/auth/session/personal-action'
import { RECENT_AUTH_MS, requireRecentAuth } from '@/server/auth/session/recent-auth'
import { clientOf } from '@/server/http/client-info'

/**
 * Puts the security alert away. A copied session alone must not: the password was proved in this one lately, or is now.
 * What the form is told of a failure is a sentence for people.
 */
export const dismiss = personalAction<string | null>({
  page: '/dashboard',
  async run(session, _data) {
    await requireRecentAuth({ maxAgeMs: RECENT_AUTH_MS, returnTo: '/dashboard' })
    await dismissAlert(session, clientOf(await headers()))
    refresh()
    return null
  },
  refuse: ({ message }) => `${message}.`,
})
