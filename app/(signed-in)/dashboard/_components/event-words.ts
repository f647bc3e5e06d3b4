import type { Activity } from '@/server/auth/account/activity'
import type { EndReason, SessionEventKind } from '@/session/session'

/** What an event is to a person: a name, what it means, and whether to look twice. */
export interface EventWords {
  readonly title: string
  readonly text: string
  readonly tone: 'plain' | 'notable' | 'alarm'
}

const EVENT_WORDS: Record<SessionEventKind, EventWords> = {
  signed_in: { title: 'Signed in', text: 'A session began.', tone: 'plain' },
  ended: { title: 'Session ended', text: 'Nothing can renew it any more.', tone: 'notable' },
  reuse_detected: {
    title: 'Someone else may have used your session',
    text: 'An old copy of it was used, so it was ended at once, everywhere.',
    tone: 'alarm',
  },
  stale_challenged: {
    title: 'An older token came late',
    text: 'It was asked to come again with the newest one. Nothing was ended.',
    tone: 'notable',
  },
  replaced_token_refused: {
    title: 'A replaced token was refused',
    text: 'It got nothing. The session goes on.',
    tone: 'notable',
  },
  reissued: {
    title: 'Repaired after a lost answer',
    text: 'A renewal had not arrived, so its token was issued again.',
    tone: 'notable',
  },
  state_regression: {
    title: 'Caught up with your browser',
    text: 'The database had lost a renewal that your browser still knew.',
    tone: 'notable',
  },
  password_changed: {
    title: 'Password changed',
    text: 'Every other session was ended, and every copy of this one.',
    tone: 'plain',
  },
  alert_dismissed: {
    title: 'Alert dismissed',
    text: 'It is not shown any more, on any of your devices.',
    tone: 'notable',
  },
}

const ENDED_WORDS: Partial<Record<string, string>> = {
  signed_out: 'By signing out.',
  ended_elsewhere: 'From another session of yours.',
  password_changed: 'The password was changed.',
  replaced: 'By a newer sign-in in the same browser.',
  over_limit: 'There were too many sessions at once.',
} satisfies Partial<Record<EndReason, string>>

/** What to call an event. */
export function wordsOf({ kind, detail, isForeignSignOut }: Activity): EventWords {
  const words = EVENT_WORDS[kind]
  if (isForeignSignOut) {
    const text = 'From another device or address than it was last used with.'
    return { title: 'Signed out from elsewhere', text, tone: 'alarm' }
  }
  return kind === 'ended' ? { ...words, text: ENDED_WORDS[detail ?? ''] ?? words.text } : words
}
