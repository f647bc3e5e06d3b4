import type { Activity } from '@/server/auth/account/activity'
import type { EndReason, SessionEventKind } from '@/session/session'

/** The title, explanation and importance of an event, for people. */
export interface EventWords {
  readonly title: string
  readonly text: string
  readonly tone: 'plain' | 'notable' | 'alarm'
}

const EVENT_WORDS: Record<SessionEventKind, EventWords> = {
  signed_in: { title: 'Signed in', text: 'A session began.', tone: 'plain' },
  ended: { title: 'Session ended', text: 'It can no longer be renewed.', tone: 'notable' },
  reuse_detected: {
    title: 'Someone else may have used your session',
    text: 'An old copy of it was used, so it was ended at once, everywhere.',
    tone: 'alarm',
  },
  stale_challenged: {
    title: 'An outdated token was sent',
    text: 'The browser was asked to try again with the newest one. Nothing was ended.',
    tone: 'notable',
  },
  replaced_token_refused: {
    title: 'A replaced token was refused',
    text: 'It was not renewed. The session continues.',
    tone: 'notable',
  },
  reissued: {
    title: 'Repaired after a lost response',
    text: 'A renewal did not arrive, so its token was issued again.',
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
    text: 'It is no longer shown on any of your devices.',
    tone: 'notable',
  },
}

const ENDED_WORDS: Partial<Record<string, string>> = {
  signed_out: 'You signed out.',
  ended_elsewhere: 'You ended it from another session.',
  password_changed: 'The password was changed.',
  replaced: 'You signed in again in the same browser.',
  over_limit: 'There were too many sessions at once.',
} satisfies Partial<Record<EndReason, string>>

/** The words for an event. */
export function wordsOf({ kind, detail, isForeignSignOut }: Activity): EventWords {
  const words = EVENT_WORDS[kind]
  if (isForeignSignOut) {
    const text = 'From another device or address than it was last used with.'
    return { title: 'Signed out from elsewhere', text, tone: 'alarm' }
  }
  return kind === 'ended' ? { ...words, text: ENDED_WORDS[detail ?? ''] ?? words.text } : words
}
