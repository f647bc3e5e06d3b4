import 'server-only'
import type { EpochMs } from '@/session/time'

/** How far quartz drifts from quartz in this time is a fraction of a millisecond. */
const GOOD_FOR_MS = 60_000
/** After a failure, and where the machine's clock seems to have been set, the database is asked no more often than this. */
const ASK_AGAIN_MS = 1000
/** What is slewed moves by 0.5 ms a second at most; by this much a clock was set, or the machine slept. */
const SET_MS = 1000

/** What a machine knows of the time by itself. */
export interface MachineClocks {
  /** The time of day, which anybody may set. */
  readonly wall: () => EpochMs
  /** Milliseconds since some moment: it cannot be set, but may stand still while the machine sleeps. */
  readonly lapsed: () => number
}

const machineClocks: MachineClocks = { wall: () => Date.now(), lapsed: () => performance.now() }

/**
 * A clock that machines on one database agree about, whatever their own say: grace is counted from what one machine wrote to
 * what another reads. It shows the database's time, which it asks for at most once a minute, to within half a round trip.
 * While the database does not answer it goes on as it did, also over a setting of the machine's own clock.
 * @throws SessionError `unavailable` where the database does not answer at first: then the time is not known.
 */
export async function openClock(
  askDatabase: () => Promise<EpochMs>,
  { wall, lapsed }: MachineClocks = machineClocks,
): Promise<() => EpochMs> {
  /** What has to be added to the wall clock. */
  let offset = 0
  /** What the two clocks of the machine were apart when the database was asked. */
  let apart = 0
  let askAgainAt = 0
  let askedAt = 0

  const ask = async () => {
    askedAt = lapsed()
    askAgainAt = askedAt + GOOD_FOR_MS
    const theirs = await askDatabase()
    const roundTrip = lapsed() - askedAt
    apart = wall() - lapsed()
    // They said it at some moment of the round trip; what that explains is no difference, however long it took.
    const difference = theirs + roundTrip / 2 - wall()
    const isExplained = (known: number) => Math.abs(difference - known) <= roundTrip / 2 + 1
    if (!isExplained(offset)) offset = isExplained(0) ? 0 : Math.round(difference)
  }
  const askInPassing = () =>
    void ask().catch(() => {
      askAgainAt = askedAt + ASK_AGAIN_MS
    })

  await ask()
  return () => {
    const reading = lapsed()
    const own = wall()
    const ahead = own - reading - apart
    const wasSet = Math.abs(ahead) > SET_MS
    if (reading >= askAgainAt || (wasSet && reading >= askedAt + ASK_AGAIN_MS)) askInPassing()
    // Set back, the wall clock is wrong until the database has said so. Ahead of the other, the machine may have slept.
    return Math.round(own + offset + (wasSet && ahead < 0 ? -ahead : 0))
  }
}
