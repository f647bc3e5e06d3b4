'use client'

import { type ReactNode, useSyncExternalStore } from 'react'
import type { Life } from '@/contracts/life'
import type { EpochMs } from '@/session/time'
import { lifeStore } from '../../../_components/life/life-store'
import { LocalTime } from '../../../_components/local-time'
import { relativeTime } from '../../../_components/relative-time'
import { RenewalCount } from './renewal-count'
import { type TimelineConfig, timelineOf } from './timeline/timeline-model'

/** When the session expires or ended, and how often it was renewed, as far as this page has been told. */
export function SessionFacts({ initial, config }: { initial: Life; config: TimelineConfig }) {
  const state = useSyncExternalStore(lifeStore.subscribe, lifeStore.get, lifeStore.getOnServer)
  const life = state.life?.userId === initial.userId ? state.life : initial
  const { now, ended, idleExpiresAt, expiresAt } = life
  return (
    <dl className="space-y-4">
      {ended ? (
        <TimeFact name="Ended" at={ended.at} now={now} />
      ) : (
        <>
          <TimeFact name="Expires if unused" at={idleExpiresAt} now={now} />
          <TimeFact name="Expires at the latest" at={expiresAt} now={now} />
        </>
      )}
      <Fact name="Renewals">
        <RenewalCount timeline={timelineOf(life, state.life ? state.issues : [], now, config)} />
      </Fact>
    </dl>
  )
}

function TimeFact({ name, at, now }: { name: string; at: EpochMs; now: EpochMs }) {
  return (
    <Fact name={name}>
      {relativeTime(at - now)}
      <LocalTime at={at} className="block text-sm text-muted" />
    </Fact>
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
