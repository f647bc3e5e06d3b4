'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { z } from 'zod'
import { formOf } from '@/server/action'
import { clientOf } from '@/server/client'
import { personalAction } from '@/server/personal-action'
import { rekindle } from '@/server/sessions'

const form = formOf({ end: z.string().min(1).max(64) })

export interface EndOutcome {
  readonly ok: boolean
  readonly message: string
}

/** Ends one other session of the person, or with `others` all of them. */
export const endSessions = personalAction<EndOutcome>({
  page: '/devices',
  async run({ userId, sessionId }, data) {
    const given = form.safeParse(data)
    if (!given.success) return { ok: false, message: 'Choose the session to end.' }
    const { end } = given.data
    if (end === sessionId) return { ok: false, message: 'To end this session, sign out.' }
    const { engine } = await rekindle()
    const by = clientOf(await headers())
    if (end === 'others') {
      const count = await engine.endOthers(userId, sessionId, by)
      refresh()
      return { ok: true, message: `${count === 1 ? 'One session' : `${count} sessions`} ended.` }
    }
    const ended = await engine.end(end, 'ended_elsewhere', by, userId)
    refresh()
    return { ok: true, message: ended ? 'Session ended.' : 'That session had ended already.' }
  },
  refuse: ({ message }) => ({ ok: false, message: `${message}.` }),
})
