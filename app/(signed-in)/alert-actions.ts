'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { dismissAlert } from '@/server/auth/account/activity'
import { personalAction } from '@/server/auth/session/personal-action'
import { RECENT_AUTH_MS, requireRecentAuth } from '@/server/auth/session/recent-auth'
import { clientOf } from '@/server/http/client-info'

/**
 * Dismisses the security alert. It requires a recent password, because a copied session must not be able to dismiss it. A failure
 * is returned as a sentence for people.
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
