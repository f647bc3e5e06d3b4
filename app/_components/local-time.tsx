'use client'

import { useSyncExternalStore } from 'react'
import type { EpochMs } from '@/session/time'

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'],
  ...['October', 'November', 'December'],
]
const never = () => () => {}

/**
 * A point in time, with its date in words: "21 November, 23:34". It is the reader's local time; where a server renders the page,
 * and without scripts, it is UTC and says so. The tooltip has the whole of it, with its time zone.
 */
export function LocalTime({ at, className = '' }: { at: EpochMs; className?: string }) {
  const isLocal = useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
  const date = new Date(at)
  return (
    <time
      dateTime={date.toISOString()}
      title={isLocal ? date.toString() : date.toUTCString()}
      className={`tabular-nums ${className}`}
    >
      {isLocal ? inWords(date, date.getTimezoneOffset()) : `${inWords(date, 0)} UTC`}
    </time>
  )
}

/** Not `Intl`, whose words vary by version: server and browser must render the same. */
function inWords(date: Date, offsetMinutes: number): string {
  const [year, month, day, time] = partsOf(date.getTime() - offsetMinutes * 60_000)
  const [thisYear] = partsOf(Date.now() - offsetMinutes * 60_000)
  return `${day} ${MONTHS[month]}${year === thisYear ? '' : ` ${year}`}, ${time}`
}

function partsOf(shifted: EpochMs): [year: number, month: number, day: number, time: string] {
  const date = new Date(shifted)
  const time = date.toISOString().slice(11, 16)
  return [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), time]
}
