'use client'

import { useEffect } from 'react'
import { useSession } from '@/client/react'
import { sessionClient } from '../../../_components/session-client'
import { EmberRing } from './ember-ring'

/** How long this page's access token still serves. When it ends nothing is lost, and it says so. */
export function AccessCountdown({
  remainingMs,
  lifetimeMs,
}: {
  remainingMs: number
  lifetimeMs: number
}) {
  useEffect(() => sessionClient.adopt(remainingMs), [remainingMs])
  const left = useSession(sessionClient, 1000).remainingMs ?? remainingMs
  const seconds = Math.ceil(left / 1000)
  return (
    <div className="my-auto flex flex-wrap items-center gap-x-7 gap-y-5">
      <div
        className="relative grid size-44 shrink-0 place-items-center"
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
            {seconds > 0 ? 'left' : 'renews'}
          </span>
        </p>
      </div>
      {/* Both sentences have their place from the start, so that the change moves nothing. */}
      <div className="grid min-w-48 flex-1 text-muted">
        <p className={`col-start-1 row-start-1 ${seconds > 0 ? '' : 'invisible'}`}>
          It proves who you are for minutes only. The next page you open after that renews it on the
          way: you will notice nothing.
        </p>
        <p className={`col-start-1 row-start-1 ${seconds > 0 ? 'invisible' : ''}`}>
          It has run out, as it should. You are still signed in: whatever you do next renews it.
        </p>
      </div>
      <p role="status" className="sr-only">
        {announcement(seconds, lifetimeMs)}
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

/** Spoken twice in a token's life, not once a second. */
function announcement(seconds: number, lifetimeMs: number): string {
  if (seconds === 0) return 'The access token ran out and renews with the next page.'
  return seconds <= 60 && lifetimeMs > 120_000 ? 'Less than a minute left.' : ''
}
