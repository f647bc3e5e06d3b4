import { describe, expect, it } from 'vitest'
import { ARRIVAL_HEADER, arrivalOf } from './arrival'

const NOW = 1_800_000_000_000

describe('the arrival of a request', () => {
  it.each([
    ['what the front of the server has seen', String(NOW - 500), NOW - 500],
    ['two minutes ago, at the most', String(NOW - 119_999), NOW - 119_999],
    ['now, where it is claimed to be longer ago', String(NOW - 120_000), NOW],
    ['now, where it is claimed to be in the future', String(NOW + 1), NOW],
    ['now, where nothing is known', null, NOW],
    ['now, where the claim is no number', 'yesterday', NOW],
    ['now, where the claim is not finite', '-Infinity', NOW],
  ])('is %s', (_, claim, expected) => {
    const headers = new Headers(claim === null ? {} : { [ARRIVAL_HEADER]: claim })
    expect(arrivalOf(headers, { knowsArrival: true }, NOW)).toBe(expected)
  })

  it('is now, whatever is claimed, where the server does not see requests arrive', () => {
    const headers = new Headers({ [ARRIVAL_HEADER]: String(NOW - 500) })
    expect(arrivalOf(headers, { knowsArrival: false }, NOW)).toBe(NOW)
  })
})
