import { describe, expect, it } from 'vitest'
import { median, quantile, ratio, slopeOf } from './statistics'

// The expected values were computed by hand.
describe('the statistics of the benchmark', () => {
  it('take the middle value, or the mean of the middle two', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(median([10, 1, 4, 2])).toBe(3)
    expect(median([])).toBeNaN()
  })

  it('interpolate quantiles between the nearest values', () => {
    expect(quantile([40, 10, 30, 20], 0.25)).toBe(17.5)
    expect(quantile([40, 10, 30, 20], 1)).toBe(40)
  })

  it('compare two variants round by round, not by their medians', () => {
    // The ratios of the rounds are 0.5, 2, 0.5, 3 and 0.8. The ratio of the medians would be 30 / 20 = 1.5.
    const compared = ratio([10, 40, 10, 30, 80], [20, 20, 20, 10, 100])
    expect(compared).toEqual({ median: 0.8, low: 0.5, high: 2 })
    expect(() => ratio([1, 2], [1])).toThrow('different numbers of rounds')
  })

  it('fit a line and say how far its slope can be trusted', () => {
    // Exactly 3 + 2x, shuffled.
    expect(
      slopeOf([
        [2, 7],
        [0, 3],
        [1, 5],
      ]),
    ).toEqual({ slope: 2, error: 0 })
    // Both means are 2. x - 2: -2 -1 0 1 2; y - 2: -1 0 -2 1 2; products 2 + 0 + 0 + 1 + 4 = 7, so the slope is 0.7. Residuals: 0.4, 0.7, -2, 0.3,
    // 0.6, whose squares sum to 5.1. The error is √(5.1 / 3 / 10) = √0.17.
    const { slope, error } = slopeOf([
      [0, 1],
      [1, 2],
      [2, 0],
      [3, 3],
      [4, 4],
    ])
    expect(slope).toBeCloseTo(0.7, 12)
    expect(error).toBeCloseTo(Math.sqrt(0.17), 12)
  })

  it('refuse a slope of too few points, or of points above each other', () => {
    expect(() =>
      slopeOf([
        [0, 1],
        [1, 2],
      ]),
    ).toThrow('three points')
    expect(() =>
      slopeOf([
        [1, 1],
        [1, 2],
        [1, 3],
      ]),
    ).toThrow('three points')
  })
})
