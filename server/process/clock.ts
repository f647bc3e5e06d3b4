import 'server-only'
import type { EpochMs } from '@/session/time'

/** In this time, two clocks of quartz drift apart by a fraction of a millisecond. */
const VALID_FOR_MS = 60_000
/** The least time between two questions to the database after a failure, or while the wall clock seems to have been set. */
const RETRY_MS = 1000
/** NTP slews a clock by at most 0.5 ms a second. A jump by more than this means that the clock was set, or the machine slept. */
const JUMP_MS = 1000

/** The two clocks of a machine. */
export interface MachineClocks {
  /** The time of day, in milliseconds since the epoch. It can be set. */
  readonly wall: () => EpochMs
  /** A monotonic clock, in milliseconds. It cannot be set, but may stand still while the machine sleeps. */
  readonly monotonic: () => number
}

const machineClocks: MachineClocks = { wall: () => Date.now(), monotonic: () => performance.now() }

/**
 * Opens a clock that all machines on one database agree on. They need one because grace runs from a time that one machine wrote
 * to a time that another reads. The clock shows the database's time to within half a round trip. When it is read, it asks for that time
 * once a minute, and each second after a failure or while the machine's clock seems to have been set.
 *
 * While the database does not answer, the clock runs on. If the machine's clock is set back meanwhile, that changes nothing. If it is
 * set forward, the clock follows it until the next answer, because a machine that slept looks the same.
 * @throws SessionError `unavailable` if the database does not answer the first question: then the time is not known.
 */
export async function openClock(
  askDatabase: () => Promise<EpochMs>,
  { wall, monotonic }: MachineClocks = machineClocks,
): Promise<() => EpochMs> {
  /** The database's time minus the wall clock's, in milliseconds. */
  let offset = 0
  /** The wall clock minus the monotonic clock, in milliseconds, when the database last answered. */
  let wallAhead = 0
  let askAgainAt = 0
  let askedAt = 0

  const ask = async () => {
    askedAt = monotonic()
    askAgainAt = askedAt + VALID_FOR_MS
    const databaseTime = await askDatabase()
    const roundTrip = monotonic() - askedAt
    wallAhead = wall() - monotonic()
    // The database read its clock at an unknown moment of the round trip. A difference that this explains is none.
    const difference = databaseTime + roundTrip / 2 - wall()
    const isExplained = (known: number) => Math.abs(difference - known) <= roundTrip / 2 + 1
    if (!isExplained(offset)) offset = isExplained(0) ? 0 : Math.round(difference)
  }
  const askInBackground = () =>
    void ask().catch(() => {
      askAgainAt = askedAt + RETRY_MS
    })

  await ask()
  return () => {
    const reading = monotonic()
    const own = wall()
    const jumped = own - reading - wallAhead
    const hasJumped = Math.abs(jumped) > JUMP_MS
    if (reading >= askAgainAt || (hasJumped && reading >= askedAt + RETRY_MS)) askInBackground()
    // A wall clock that was set back is corrected at once. One that is ahead is trusted: the machine may have slept.
    return Math.round(own + offset + (hasJumped && jumped < 0 ? -jumped : 0))
  }
}
