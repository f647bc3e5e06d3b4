import type { EpochMs } from '@/session/time'

/** A point in time, in UTC: the same on the server and on whatever clock the browser has. */
export function Moment({ at, className = '' }: { at: EpochMs; className?: string }) {
  const date = new Date(at)
  return (
    <time dateTime={date.toISOString()} className={`tabular-nums ${className}`}>
      {readable(date)}
    </time>
  )
}

/** "21 Nov 2026 22:34:06 UTC". The language defines this format to the letter; locale data differ by version. */
function readable(date: Date): string {
  return date
    .toUTCString()
    .replace(/^\w+, /, '')
    .replace('GMT', 'UTC')
}
