const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const FORMAT = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/**
 * A time in words, `ms` milliseconds from now: "in 14 days", "3 hours ago", "just now". Server and browser may both render it: these
 * words of English are the same in every version of `Intl`, unlike its forms of dates.
 */
export function relativeTime(ms: number): string {
  // Past times count completed units only; future times are rounded.
  const round = ms < 0 ? Math.trunc : Math.round
  for (const [unit, size] of UNITS) {
    if (Math.abs(ms) >= size) return FORMAT.format(round(ms / size), unit)
  }
  return ms > 0 ? 'in less than a minute' : 'just now'
}

/** A span of `ms` milliseconds in words: "30 days", "1 hour". Spans below a minute are "1 minute". */
export function timeSpan(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms >= size) ?? UNITS[2]
  const format = new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' })
  return format.format(Math.max(1, Math.round(ms / size)))
}
