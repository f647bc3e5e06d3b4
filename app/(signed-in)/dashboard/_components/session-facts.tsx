import type { ReactNode } from 'react'
import type { Life } from '@/contracts/life'
import type { CurrentSession } from '@/server/auth/session/dal'
import type { EpochMs } from '@/session/time'
import { LocalTime } from '../../../_components/local-time'
import { relativeTime } from '../../../_components/relative-time'
import { RenewalCount } from './renewal-count'
import type { TimelineConfig } from './timeline/timeline-model'

/** When the session expires, and how often it was renewed. */
export function SessionFacts({
  session,
  now,
  life,
  config,
}: {
  session: CurrentSession
  now: EpochMs
  life: Life
  config: TimelineConfig
}) {
  const { idleExpiresAt, expiresAt } = session
  return (
    <dl className="space-y-4">
      <Fact name="Expires if unused">
        {relativeTime(idleExpiresAt - now)}
        <LocalTime at={idleExpiresAt} className="block text-sm text-muted" />
      </Fact>
      <Fact name="Expires at the latest">
        {relativeTime(expiresAt - now)}
        <LocalTime at={expiresAt} className="block text-sm text-muted" />
      </Fact>
      <Fact name="Renewals">
        <RenewalCount initial={life} config={config} />
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
