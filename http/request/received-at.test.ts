import { describe, expect, it } from 'vitest'
import { RECEIVED_AT_HEADER, receivedAt, receivedAtHeader } from './received-at'

const READING = 5_000_000.25
const NOW = 1_800_000_000_000
const TWENTY_MINUTES = 1_200_000
const KNOWN = { knowsArrival: true }

/** The clocks of a process: what it measures with, and a time of day that is twenty minutes slow. */
const clocks = (reading = READING) => ({ reading: () => reading, time: () => NOW - TWENTY_MINUTES })
const header = (before: number, agreed: number | null = NOW) =>
  receivedAtHeader(agreed, clocks(READING - before))
const read = (claim: string | null, known = KNOWN) =>
  receivedAt(new Headers(claim === null ? {} : { [RECEIVED_AT_HEADER]: claim }), known, clocks())

describe('how long a request has waited', () => {
  it.each([
    ['what lies between two readings of one clock', header(500), 500],
    ['the same, whatever time it is said to be', header(500, 0), 500],
    ['the same, where nobody knows the time', header(500, null), 500],
    ['two minutes, at the most', header(119_999), 119_999],
    ['nothing, where it is claimed to be longer', header(120_000), 0],
    ['nothing, where it is claimed to come yet', header(-1), 0],
    ['nothing, where nothing is known', null, 0],
    ['nothing, where the claim is no number', 'yesterday', 0],
    ['nothing, where the claim is not finite', '-Infinity', 0],
    ['nothing, where the claim is empty', ' ', 0],
  ])('is %s', (_, claim, expected) => {
    expect(read(claim).waitedMs()).toBe(expected)
  })

  it('is nothing, whatever is claimed, where the server does not see requests arrive', () => {
    expect(read(header(500), { knowsArrival: false }).waitedMs()).toBe(0)
  })

  it('goes on while the request waits', () => {
    let reading = READING
    const arrival = receivedAt(new Headers({ [RECEIVED_AT_HEADER]: header(500) }), KNOWN, {
      ...clocks(),
      reading: () => reading,
    })
    reading += 250
    expect(arrival.waitedMs()).toBe(750)
  })
})

describe('F49 the time at which a request arrived', () => {
  it('is what the front has from the database, on a machine whose own clock is twenty minutes slow', () => {
    expect(read(header(500)).at).toBe(NOW)
  })

  it.each([
    ['no front sees requests arrive', header(500), { knowsArrival: false }],
    ['the front does not know it yet', header(500, null), KNOWN],
    ['the claim is no number', `${READING} soon`, KNOWN],
    ['there is none', null, KNOWN],
  ])('is now, by the machine’s own clock, where %s', (_, claim, known) => {
    expect(read(claim, known).at).toBe(NOW - TWENTY_MINUTES)
  })
})
