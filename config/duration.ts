const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** Parses a duration such as `90` (seconds), `90s`, `15m`, `12h` or `30d`. Returns milliseconds, or null if it is invalid. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})([smhd]?)$/.exec(text.trim())
  if (!match) return null
  const unit = (match[2] || 's') as keyof typeof UNIT_MS
  return Number(match[1]) * UNIT_MS[unit]
}
