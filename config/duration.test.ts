import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDuration } from './duration'

describe('a duration', () => {
  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['15m', 900_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
    ['0', 0],
    ['0s', 0],
    ['007s', 7000],
    [' 5m ', 300_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each([
    ...['', ' ', 's', '-1', '-1s', '+1s', '1.5h', '1e3', '0x10', '1 s', '1S', '1M', '1w', '1ms'],
    ...['15m30s', '15m ago', 'forever', 'Infinity', 'NaN', '1_000', '\u0661\u0662s', '9999999999'],
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBeNull()
  })

  it('is a whole number of seconds or null, whatever the text', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^\d{1,10}[smhdx]?$/))
    fc.assert(
      fc.property(text, (written) => {
        const ms = parseDuration(written)
        if (ms === null) return
        expect(ms % 1000).toBe(0)
        expect(ms).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})
