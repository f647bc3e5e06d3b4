import type { SignInReason } from '@/http/address/return-path'
import type { SessionEnd } from '@/server/auth/session/session-end'
import { Moment } from '../../../_components/moment'
import { Notice, type Tone } from '../../../_components/notice'

interface Words {
  readonly tone?: Tone
  readonly title: string
  readonly text: string
}

const WORDS: Record<SignInReason, Words> = {
  expired: {
    title: 'Your session expired',
    text: 'It went unused for long, or reached its greatest age. Sign in to go on where you were.',
  },
  revoked: {
    title: 'This session was ended',
    text: 'From another device, by a change of the password, or by a newer sign-in. Sign in to go on.',
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

/** Instead of the words of a sign-out, where it came from somewhere else. */
const SIGNED_OUT_ELSEWHERE: Words = {
  tone: 'alarm',
  title: 'Signed out from another device',
  text: 'If that was not you, someone else may have used your session. Sign in and change your password.',
}

/** Why a person is asked to sign in, and where that came from, where it was not this browser. */
export function ReasonNotice({ reason, by }: SessionEnd) {
  const words = reason === 'signed_out' && by ? SIGNED_OUT_ELSEWHERE : WORDS[reason]
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
