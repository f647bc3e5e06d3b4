/** The middle of many values, and the quarter and three-quarter points between which half of them lie. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

/** The slope of the straight line through points, by least squares, and its standard error. */
export interface Slope {
  readonly slope: number
  readonly error: number
}

/** The value below which this share of the values lies, by linear interpolation. NaN if there are no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  if (below === undefined || above === undefined) return Number.NaN
  return below + (above - below) * (at - Math.floor(at))
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) }
}

/**
 * The spread of the ratios that two variants had in each round. Whatever slowed a round slowed both of its sides, so that the
 * ratios vary less than the values do.
 * @throws Error if one variant has more rounds than the other.
 */
export function ratio(one: readonly number[], other: readonly number[]): Spread {
  if (one.length !== other.length) throw new Error('the variants have different numbers of rounds')
  return spread(one.map((value, round) => value / (other[round] ?? Number.NaN)))
}

/**
 * Fits a straight line to at least three points.
 * @throws Error if there are fewer, or if all have the same `x`.
 */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): Slope {
  const count = points.length
  const mean = (of: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / count
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)]
  const sum = (of: (x: number, y: number) => number) =>
    points.reduce((total, [x, y]) => total + of(x - meanX, y - meanY), 0)
  const squares = sum((x) => x * x)
  if (count < 3 || squares === 0) throw new Error('a slope needs three points, of different x')
  const slope = sum((x, y) => x * y) / squares
  const residuals = sum((x, y) => (y - slope * x) ** 2)
  return { slope, error: Math.sqrt(residuals / (count - 2) / squares) }
}
