import type { SessionSnapshot } from '@/client/session/session'

type EndReason = NonNullable<SessionSnapshot['reason']>

/** What a page says of a session that is over. */
export interface SessionEndWords {
  readonly title: string
  readonly text: string
}

const SIGNED_OUT = 'You are signed out'
const OVER = 'This session has ended'

const WORDS: Record<EndReason, SessionEndWords> = {
  signed_out: { title: SIGNED_OUT, text: 'You signed out in another tab or program.' },
  revoked: {
    title: OVER,
    text: 'You signed out from another device, changed your password, or signed in again.',
  },
  reused: {
    title: OVER,
    text: 'A copy of it was used, so we signed you out everywhere it was in use. Change your password.',
  },
  expired: { title: OVER, text: 'You were away too long.' },
  unknown: { title: SIGNED_OUT, text: 'This browser has no session any more.' },
}

/**
 * Returns what to say of the session, or null while it is not known to be over. `told` is the reason that the server's news of the
 * session gave, and counts before what the client has found out by itself.
 */
export function sessionEndWords(
  told: EndReason | null,
  { status, reason }: Pick<SessionSnapshot, 'status' | 'reason'>,
): SessionEndWords | null {
  if (told !== null) return WORDS[told]
  return status === 'signed-out' ? WORDS[reason ?? 'unknown'] : null
}
