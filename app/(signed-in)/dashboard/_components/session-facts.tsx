import type { ReactNode } from 'react'
import type { CurrentSession } from '@/server/auth/session/dal'
import type { EpochMs } from '@/session/time'
import { Moment } from '../../../_components/moment'
import { relativeTime } from '../../../_components/relative-time'

/** When the session ends at the latest, and how often it was renewed. */
export function SessionFacts({ session, now }: { session: CurrentSession; now: EpochMs }) {
  const { idleExpiresAt, expiresAt, rotations } = session
  return (
    <dl className="space-y-4">
      <Fact name="Ends, if unused,">
        {relativeTime(idleExpiresAt - now)}
        <Moment at={idleExpiresAt} className="block text-sm text-muted" />
      </Fact>
      <Fact name="Ends at the latest">
        {relativeTime(expiresAt - now)}
        <Moment at={expiresAt} className="block text-sm text-muted" />
      </Fact>
      <Fact name="Renewed so far">
        <span data-testid="rotations" className="tabular-nums">
          {rotations === 1 ? 'once' : `${rotations} times`}
        </span>
        <span className="block text-sm text-muted">
          Each time, the refresh token was replaced by a new one.
        </span>
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-muted">{name}</dt>
      <dd className="font-medium">{children}</dd>
    </div>
  )
}
