import { encode } from './encoding'
import { type Space, tick } from './search'
import type { Decide } from './server'
import { come, type Outcome } from './thief'
import { GRACE, later, signedIn, type World } from './world'

/** A run of responses that are lost one after another. */
interface Streak {
  readonly world: World
  /** Ticks since the first loss, counted up to one more than the tolerance. */
  readonly ticks: number
  readonly lost: number
}

/** A signed-in session that rotates at the next visit. */
const due = (tolerance: number) => later(signedIn(tolerance), 3 * GRACE + 1)

/**
 * The space of all streaks of lost responses, any number of graces apart, that last no longer than the tolerance, and of any two
 * losses, however far apart. The next visit must not end the session, however late it comes.
 */
export function streaks(decide: Decide, tolerance: number): Space<Streak> {
  return {
    initial: { world: due(tolerance), ticks: 0, lost: 0 },
    encode: ({ world, ticks, lost }) => encode(world) + String.fromCharCode(ticks, lost),
    expand: ({ world, ticks, lost }, visit) => {
      const visited = lose(decide, world)
      if (visited === null) visit(() => 'the session ends', null)
      else if (ticks <= tolerance || lost < 2) {
        visit(visited.event, { world: visited.world, ticks, lost: Math.min(lost + 1, 3) })
      }
      if (lost === 0) return
      const next = Math.min(ticks + GRACE, tolerance + 1)
      visit(tick, { world: later(world, GRACE), ticks: next, lost })
    },
  }
}

/** The longest streak of losses that a session survives. */
export interface Survived {
  /** How many responses were lost in a row. */
  readonly lost: number
  /** Ticks from the first lost response to the first that is received. */
  readonly ticks: number
}

/** The longest streak that a person who visits every `cadence` ticks survives, and after which a visit gets a refresh token. */
export function longestStreak(decide: Decide, cadence: number, tolerance: number): Survived {
  let lost = 0
  let world: World | null = due(tolerance)
  for (let losses = 0; world !== null; losses++) {
    if (recovers(decide, world, cadence)) lost = losses
    const visited = lose(decide, world)
    world = visited && later(visited.world, cadence)
  }
  return { lost, ticks: lost * cadence }
}

/** True if the session lives until a refresh token is received, provided that no further response is lost. */
function recovers(decide: Decide, from: World, cadence: number): boolean {
  for (let world = from; ; ) {
    const received = come(decide, world).at(-1)
    if (received === undefined || isEnd(received)) return false
    if (received.world.jar.token === received.world.row.at) return true
    world = later(received.world, cadence)
  }
}

/** A visit that loses its response, or null if it ends the session. */
function lose(decide: Decide, world: World): Outcome | null {
  const [visited] = come(decide, world)
  return visited === undefined || isEnd(visited) ? null : visited
}

const isEnd = ({ kind }: Outcome) => kind === 'revoke' || kind === 'refuse'
