import type { SignInReason } from '@/session/return-path'
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
    title: 'A copy of your session was used',
    text: 'Somebody else may have had it, so we ended it to protect you. Sign in again, and consider changing your password.',
  },
  signed_out: {
    tone: 'good',
    title: 'You are signed out',
    text: 'This session has ended, here and on our side.',
  },
  unknown: { title: 'Please sign in again', text: 'We could not find your session.' },
}

/** Why a person is here who did not ask to be. */
export function ReasonNotice({ reason }: { reason: SignInReason }) {
  const { title, text, tone } = WORDS[reason]
  return (
    <div role="status" data-testid="sign-in-reason">
      <Notice title={title} {...(tone ? { tone } : {})}>
        <p>{text}</p>
      </Notice>
    </div>
  )
}
