'use client'

import { useEffect, useSyncExternalStore } from 'react'
import { useSession } from '@/client/react'
import { lifeStore } from '../../../_components/life/life-store'
import { sessionClient } from '../../../_components/session-client'
import { EmberRing } from './ember-ring'

const SENTENCES = {
  good: 'It proves who you are, for a few minutes. After that, the next page you open renews it. You will not notice.',
  expired: 'It has expired, as it should. You are still signed in: your next request renews it.',
  over: 'The session has ended, so nothing here is answered with this token any more.',
}

/**
 * A countdown to the expiry of this page's access token, until the session of this user is over. `remainingMs` and `lifetimeMs` are
 * milliseconds.
 */
export function AccessCountdown({
  userId,
  remainingMs,
  lifetimeMs,
}: {
  userId: string
  remainingMs: number
  lifetimeMs: number
}) {
  useEffect(() => sessionClient.adopt(remainingMs), [remainingMs])
  const session = useSession(sessionClient, 1000)
  const { ended } = useSyncExternalStore(lifeStore.subscribe, lifeStore.get, lifeStore.getOnServer)
  const isOver = ended?.userId === userId || session.status === 'signed-out'
  const left = isOver ? 0 : (session.remainingMs ?? remainingMs)
  const seconds = Math.ceil(left / 1000)
  const sentence = isOver ? 'over' : seconds > 0 ? 'good' : 'expired'
  return (
    <div className="my-auto flex flex-wrap items-center gap-x-7 gap-y-5">
      <div
        className="relative grid noscript:hidden size-44 shrink-0 place-items-center"
        data-testid="access-countdown"
        data-seconds-left={seconds}
      >
        <EmberRing share={Math.min(1, left / lifetimeMs)} />
        <p role="timer" aria-live="off" className="text-center">
          <span className="sr-only">Time left: </span>
          <span className="block font-mono text-3xl font-semibold tabular-nums">
            {clockFace(seconds)}
          </span>
          <span aria-hidden="true" className="block text-sm text-muted">
            {isOver ? 'ended' : seconds > 0 ? 'left' : 'renews'}
          </span>
        </p>
      </div>
      {/* Every sentence takes up space from the start, so that a change causes no layout shift. */}
      <div className="grid min-w-48 flex-1 text-muted" data-testid="access-sentence">
        {Object.entries(SENTENCES).map(([key, text]) => (
          <p key={key} className={`col-start-1 row-start-1 ${key === sentence ? '' : 'invisible'}`}>
            {text}
          </p>
        ))}
      </div>
      <p role="status" className="sr-only">
        {isOver ? '' : announcement(seconds, lifetimeMs)}
      </p>
    </div>
  )
}

function clockFace(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  const tail = `${two(minutes)}:${two(seconds % 60)}`
  return hours > 0 ? `${hours}:${tail}` : tail
}

/** The announcement for screen readers: twice in a token's life, not once a second. */
function announcement(seconds: number, lifetimeMs: number): string {
  if (seconds === 0) return 'The access token has expired. The next page renews it.'
  return seconds <= 60 && lifetimeMs > 120_000 ? 'Less than a minute left.' : ''
}
