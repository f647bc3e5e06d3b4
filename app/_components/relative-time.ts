const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const FORMAT = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** A span of milliseconds as a person says it: "in 14 days", "3 hours ago", "just now". */
export function relativeTime(ms: number): string {
  // What is past is fully past; what is to come is nearly so far away.
  const round = ms < 0 ? Math.trunc : Math.round
  for (const [unit, size] of UNITS) {
    if (Math.abs(ms) >= size) return FORMAT.format(round(ms / size), unit)
  }
  return ms > 0 ? 'in less than a minute' : 'just now'
}
