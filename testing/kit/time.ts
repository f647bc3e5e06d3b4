const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Milliseconds, or a text such as `90s`, `20m`, `12h` or `15d`. */
export type Time = number | string

/** Returns the milliseconds of a time. @throws Error if the text is no time, or the time is negative. */
export function parseTime(time: Time): number {
  if (typeof time === 'number') {
    if (time >= 0) return time
  } else {
    const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(time) ?? []
    if (count !== undefined) return Number(count) * (UNITS[unit] ?? 0)
  }
  throw new Error(`${time} is no time: write milliseconds, or a text such as 90s, 20m, 12h or 15d`)
}
