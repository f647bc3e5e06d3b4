import type { ReactNode } from 'react'
import type { CurrentSession } from '@/server/auth/session/dal'
import type { EpochMs } from '@/session/time'
import { Moment } from '../../../_components/moment'
import { relativeTime } from '../../../_components/relative-time'

/** When the session expires, and how often it was renewed. */
export function SessionFacts({ session, now }: { session: CurrentSession; now: EpochMs }) {
  const { idleExpiresAt, expiresAt, rotations } = session
  return (
    <dl className="space-y-4">
      <Fact name="Expires if unused">
        {relativeTime(idleExpiresAt - now)}
        <Moment at={idleExpiresAt} className="block text-sm text-muted" />
      </Fact>
      <Fact name="Expires at the latest">
        {relativeTime(expiresAt - now)}
        <Moment at={expiresAt} className="block text-sm text-muted" />
      </Fact>
      <Fact name="Renewals">
        <span data-testid="rotations" className="tabular-nums">
          {rotations === 0 ? 'none yet' : rotations}
        </span>
        <span className="block text-sm text-muted">Each renewal replaces the refresh token.</span>
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
