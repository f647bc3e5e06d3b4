import { Notice } from '../../../_components/notice'

/** Shown after a sign-out form was refused: its page had been rendered for another user than the one who is signed in now. */
export function AnotherNotice({ userName }: { userName: string }) {
  return (
    <div role="alert" data-testid="another-notice">
      <Notice tone="alarm" title={`You are now signed in as ${userName} in this browser`}>
        The page where you signed out was loaded for somebody else, so nobody was signed out.
      </Notice>
    </div>
  )
}
