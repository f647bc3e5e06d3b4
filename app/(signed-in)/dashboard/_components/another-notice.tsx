import { Notice } from '../../../_components/notice'

/** Why somebody who signed out is here: the page was loaded for another person than is signed in by now. */
export function AnotherNotice({ userName }: { userName: string }) {
  return (
    <div role="alert" data-testid="another-notice">
      <Notice tone="alarm" title={`You are now signed in as ${userName} in this browser`}>
        The page where you signed out was loaded for somebody else, so nobody was signed out.
      </Notice>
    </div>
  )
}
