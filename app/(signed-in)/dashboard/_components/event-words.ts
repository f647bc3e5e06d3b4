import type { SessionEventKind } from '@/session/store'

/** What an event is to a person: a name, what it means, and whether to look twice. */
export interface EventWords {
  readonly title: string
  readonly text: string
  readonly tone: 'plain' | 'notable' | 'alarm'
}

export const EVENT_WORDS: Record<SessionEventKind, EventWords> = {
  signed_in: { title: 'Signed in', text: 'This session began.', tone: 'plain' },
  ended: { title: 'Session ended', text: 'Nothing can renew it any more.', tone: 'notable' },
  reuse_detected: {
    title: 'A copy was used',
    text: 'The session was ended at once.',
    tone: 'alarm',
  },
  stale_challenged: {
    title: 'An older token came late',
    text: 'It was asked to come again with the newest one. Nothing was ended.',
    tone: 'notable',
  },
  replaced_token_refused: {
    title: 'A replaced token was refused',
    text: 'It got nothing. This session goes on.',
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
    text: 'Every other session was ended.',
    tone: 'plain',
  },
}
