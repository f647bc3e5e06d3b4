import type { EpochMs } from '@/session/time'

/** A point in time, in UTC, so that server and browser render the same text. */
export function Moment({ at, className = '' }: { at: EpochMs; className?: string }) {
  const date = new Date(at)
  return (
    <time dateTime={date.toISOString()} className={`tabular-nums ${className}`}>
      {readable(date)}
    </time>
  )
}

/** For example "21 Nov 2026 22:34:06 UTC". ECMAScript specifies the format of `toUTCString`; locale data vary by version. */
function readable(date: Date): string {
  return date
    .toUTCString()
    .replace(/^\w+, /, '')
    .replace('GMT', 'UTC')
}
