'use client'

import { useSyncExternalStore } from 'react'
import type { EpochMs } from '@/session/time'

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'],
  ...['October', 'November', 'December'],
]
const never = () => () => {}

/** False while a server renders, and for as long as the page must look as the server rendered it: times are UTC then. */
export function useIsLocal(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}

/**
 * A point in time, with its date in words: "21 November, 23:34". It is the reader's local time; where a server renders the page,
 * and without scripts, it is UTC and says so. The tooltip has the whole of it, with its time zone.
 */
export function LocalTime({
  at,
  seconds = false,
  className = '',
}: {
  at: EpochMs
  /** True to show the seconds, too. */
  seconds?: boolean
  className?: string
}) {
  const isLocal = useIsLocal()
  const date = new Date(at)
  const clock = isoOf(at, isLocal).slice(11, seconds ? 19 : 16)
  return (
    <time
      dateTime={date.toISOString()}
      title={isLocal ? date.toString() : date.toUTCString()}
      className={`tabular-nums ${className}`}
    >
      {/* A day is not parted from its month at the end of a line. */}
      <span className="whitespace-nowrap">{dayInWords(at, isLocal)}</span>, {clock}
      {isLocal ? '' : ' UTC'}
    </time>
  )
}

/** A time in the form of ISO 8601, without its zone: of the reader's, or of UTC. */
export function isoOf(at: EpochMs, isLocal: boolean): string {
  const offsetMinutes = isLocal ? new Date(at).getTimezoneOffset() : 0
  return new Date(at - offsetMinutes * 60_000).toISOString().slice(0, 23)
}

/** Not `Intl`, whose words vary by version: server and browser must render the same. */
function dayInWords(at: EpochMs, isLocal: boolean): string {
  const iso = isoOf(at, isLocal)
  const year =
    iso.slice(0, 4) === isoOf(Date.now(), isLocal).slice(0, 4) ? '' : ` ${iso.slice(0, 4)}`
  const month = MONTHS[Number(iso.slice(5, 7)) - 1]
  return `${Number(iso.slice(8, 10))} ${month}${year}`
}
