'use server'

import { z } from 'zod'
import { failureMessage, formOf } from '@/server/action'
import { requireSession } from '@/server/dal'
import type { EpochMs } from '@/session/store'

const form = formOf({ note: z.string().max(2000, { error: 'The note is too long' }).default('') })

export type PingAnswer =
  | {
      readonly kind: 'seen'
      readonly userName: string
      readonly at: EpochMs
      readonly note: string
    }
  | { readonly kind: 'failed'; readonly message: string; readonly note: string }

/** Says who the server sees, and gives the note back. */
export async function ping(_previous: unknown, data: FormData): Promise<PingAnswer> {
  const given = form.safeParse(data)
  const note = given.data?.note ?? ''
  try {
    const { userName } = await requireSession('/dashboard')
    if (given.success) return { kind: 'seen', userName, at: Date.now(), note }
    return { kind: 'failed', message: 'A note has at most 2000 characters.', note }
  } catch (error) {
    return { kind: 'failed', message: failureMessage(error), note }
  }
}
