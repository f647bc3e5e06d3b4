import { describe, expect, it } from 'vitest'
import { RECEIVED_AT_HEADER } from '../wire'
import { receivedAt, receivedAtHeader } from './received-at'

const READING = 5_000_000.25
const NOW = 1_800_000_000_000
const TWENTY_MINUTES = 1_200_000
const KNOWN = { trustsReceivedAt: true }

/** The clocks of a process. Its time of day is twenty minutes slow. */
const clocks = (reading = READING) => ({
  monotonic: () => reading,
  time: () => NOW - TWENTY_MINUTES,
})
const header = (before: number, databaseTime: number | null = NOW) =>
  receivedAtHeader(databaseTime, clocks(READING - before))
const read = (claim: string | null, known = KNOWN) =>
  receivedAt(new Headers(claim === null ? {} : { [RECEIVED_AT_HEADER]: claim }), known, clocks())

describe('how long a request has waited', () => {
  it.each([
    ['the difference between two readings of one clock', header(500), 500],
    ['that difference, whatever the time of day in the header', header(500, 0), 500],
    ['that difference, if the header has no time of day', header(500, null), 500],
    ['two minutes at most', header(119_999), 119_999],
    ['zero if the header claims more', header(120_000), 0],
    ['zero if the header claims an arrival in the future', header(-1), 0],
    ['zero without a header', null, 0],
    ['zero if the header is not a number', 'yesterday', 0],
    ['zero if the header is not finite', '-Infinity', 0],
    ['zero if the header is empty', ' ', 0],
  ])('is %s', (_, claim, expected) => {
    expect(read(claim).waitedMs()).toBe(expected)
  })

  it('is zero, whatever the header claims, if the server does not set the header', () => {
    expect(read(header(500), { trustsReceivedAt: false }).waitedMs()).toBe(0)
  })

  it('grows while the request waits', () => {
    let reading = READING
    const arrival = receivedAt(new Headers({ [RECEIVED_AT_HEADER]: header(500) }), KNOWN, {
      ...clocks(),
      monotonic: () => reading,
    })
    reading += 250
    expect(arrival.waitedMs()).toBe(750)
  })
})

describe('F49 the time at which a request arrived', () => {
  it('is the database’s time, on a machine whose own clock is twenty minutes slow', () => {
    expect(read(header(500)).at).toBe(NOW)
  })

  it.each([
    ['the server does not set the header', header(500), { trustsReceivedAt: false }],
    ['the server does not know the database’s time yet', header(500, null), KNOWN],
    ['the time in the header is not a number', `${READING} soon`, KNOWN],
    ['there is no header', null, KNOWN],
  ])('is now, by the machine’s own clock, if %s', (_, claim, known) => {
    expect(read(claim, known).at).toBe(NOW - TWENTY_MINUTES)
  })
})
