'use client'

import type { ReactNode } from 'react'
import type { Life } from '@/contracts/life'
import { useLife } from '../../../_components/life/use-life'
import { LocalTime } from '../../../_components/local-time'
import { relativeTime } from '../../../_components/relative-time'
import { RenewalCount } from './renewal-count'
import { type TimelineConfig, timelineOf } from './timeline/timeline-model'

/** When the session expires or ended, and how often it was renewed, as far as this page has been told. */
export function SessionFacts({ initial, config }: { initial: Life; config: TimelineConfig }) {
  const { life, issues } = useLife(initial)
  const { now, ended, idleExpiresAt, expiresAt } = life
  return (
    <dl className="space-y-4">
      {ended ? (
        <Fact name="Ended">
          <LocalTime at={ended.at} />
        </Fact>
      ) : (
        <>
          <Fact name="Expires if unused">
            {relativeTime(idleExpiresAt - now)}
            <LocalTime at={idleExpiresAt} className="block text-sm text-muted" />
          </Fact>
          <Fact name="Expires at the latest">
            {relativeTime(expiresAt - now)}
            <LocalTime at={expiresAt} className="block text-sm text-muted" />
          </Fact>
        </>
      )}
      <Fact name="Renewals">
        <RenewalCount timeline={timelineOf(life, issues, now, config)} />
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
