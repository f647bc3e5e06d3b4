import 'server-only'
import type { EpochMs } from '@/session/store'

/** How far quartz drifts from quartz in this time is a fraction of a millisecond. */
const GOOD_FOR_MS = 60_000
/** What took longer says too little. */
const LONGEST_ROUND_TRIP_MS = 1000

/**
 * A clock that machines on one database agree about, whatever their own say: grace is counted from what one machine wrote to
 * what another reads. It shows the database's time, which it asks for at most once a minute, to within half a round trip.
 * While the database does not answer it goes on as it did.
 */
export async function openClock(
  askDatabase: () => Promise<EpochMs>,
  ownClock: () => EpochMs = Date.now,
): Promise<() => EpochMs> {
  let offset = 0
  let askAgainAt = 0
  const lapsed = () => performance.now()

  const ask = async () => {
    askAgainAt = lapsed() + GOOD_FOR_MS
    const asked = lapsed()
    const theirs = await askDatabase().catch(() => null)
    const roundTrip = lapsed() - asked
    if (theirs === null || roundTrip > LONGEST_ROUND_TRIP_MS) return
    const difference = theirs + roundTrip / 2 - ownClock()
    // What the way there and back explains is none.
    offset = Math.abs(difference) <= roundTrip / 2 + 1 ? 0 : Math.round(difference)
  }
  await ask()
  return () => {
    if (lapsed() >= askAgainAt) void ask()
    return ownClock() + offset
  }
}
