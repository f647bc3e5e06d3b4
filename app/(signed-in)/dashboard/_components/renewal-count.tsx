import type { Timeline } from './timeline/timeline-model'

/** How often the session was renewed: what its row has counted, and what this browser saw that wrote nothing. */
export function RenewalCount({
  timeline: { renewals, unwritten },
}: {
  timeline: Pick<Timeline, 'renewals' | 'unwritten'>
}) {
  return (
    <>
      <span data-testid="renewals" className="tabular-nums">
        {renewals === 0 ? 'none yet' : renewals}
      </span>
      <span className="block text-sm text-muted">{kindsOf(renewals, unwritten)}</span>
    </>
  )
}

/** How many of the renewals replaced the refresh token, in a sentence. Null if there were none. */
function kindsOf(renewals: number, unwritten: number): string | null {
  if (renewals === 0) return null
  if (unwritten === 0) return 'Each replaced the refresh token.'
  return `${renewals - unwritten} replaced the refresh token; ${unwritten} brought an access token alone, as a form does.`
}
