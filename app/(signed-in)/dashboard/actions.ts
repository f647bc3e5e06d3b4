'use server'

import { z } from 'zod'
import { formSchema } from '@/server/auth/session/action-form'
import { personalAction } from '@/server/auth/session/personal-action'
import type { EpochMs } from '@/session/time'

const form = formSchema({
  note: z.string().max(2000, { error: 'The note is too long' }).default(''),
})

/** The result of `ping`. */
export type PingAnswer =
  | {
      readonly kind: 'seen'
      readonly userName: string
      readonly at: EpochMs
      readonly note: string
    }
  | { readonly kind: 'failed'; readonly message: string; readonly note: string }

/** Returns the signed-in user, as the server sees it, and the note. */
export const ping = personalAction<PingAnswer>({
  page: '/dashboard',
  async run({ userName }, data) {
    const given = form.safeParse(data)
    if (given.success) return { kind: 'seen', userName, at: Date.now(), note: given.data.note }
    return { kind: 'failed', message: 'A note has at most 2000 characters.', note: '' }
  },
  refuse: ({ message }, data) => ({
    kind: 'failed',
    message: `${message}.`,
    note: form.safeParse(data).data?.note ?? '',
  }),
})
