import type { SignInReason } from '@/http/address/return-path'
import type { SessionEnd } from '@/server/auth/session/ended-session'
import { Moment } from '../../../_components/moment'
import { Notice, type Tone } from '../../../_components/notice'
import { timeSpan } from '../../../_components/relative-time'

interface Words {
  readonly tone?: Tone
  readonly title: string
  readonly text: string
}

const WORDS: Record<Exclude<SignInReason, 'expired'>, Words> = {
  revoked: {
    title: 'This session was ended',
    text: 'You signed out from another device, changed your password, or signed in again.',
  },
  reused: {
    tone: 'alarm',
    title: 'Someone else may have used your session',
    text: 'We signed you out everywhere it was in use. Change your password.',
  },
  signed_out: {
    tone: 'good',
    title: 'You are signed out',
    text: 'You have signed out on this device.',
  },
  unknown: { title: 'Please sign in again', text: 'We could not find your session.' },
}

/** The words of a sign-out that came from another device. */
const SIGNED_OUT_ELSEWHERE: Words = {
  tone: 'alarm',
  title: 'Signed out from another device',
  text: 'If that was not you, someone else may have used your session. Sign in and change your password.',
}

/** Why a person is asked to sign in, and which device caused it, if it was not this one. `sessionMs` is the longest life of a session. */
export function ReasonNotice({ reason, by, sessionMs }: SessionEnd & { sessionMs: number }) {
  const words = wordsOf(reason, by !== null, sessionMs)
  const { title, text, tone } = words
  return (
    <div role="status" data-testid="sign-in-reason">
      <Notice title={title} {...(tone ? { tone } : {})}>
        {by ? (
          <p className="wrap-anywhere" data-testid="ended-by">
            From {by.device}, {by.address}, on <Moment at={by.at} />.
          </p>
        ) : null}
        <p>{text}</p>
      </Notice>
    </div>
  )
}

function wordsOf(reason: SignInReason, isElsewhere: boolean, sessionMs: number): Words {
  if (reason === 'signed_out' && isElsewhere) return SIGNED_OUT_ELSEWHERE
  if (reason !== 'expired') return WORDS[reason]
  return {
    title: 'Your session expired',
    text: `You were away too long, or it has been ${timeSpan(sessionMs)}. Sign in to pick up where you left off.`,
  }
}
