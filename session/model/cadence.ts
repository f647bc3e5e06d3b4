import { encode } from './encoding'
import type { Choice, Game, Step } from './plan'
import { exhaust } from './search'
import type { Decide } from './server'
import { come, copied, steal } from './thief'
import { GRACE, later, signedIn, type World } from './world'

/** The world, and the ticks until the next visit of the victim. */
interface Life {
  readonly world: World
  readonly untilVisit: number
}

/**
 * The game of a thief beside a victim who visits every `cadence` ticks. The jar is copied once, at any moment. Then the thief
 * presents any token he holds, in any mode, before, after and between the visits, and any response to the victim can be lost.
 */
export function thiefAtCadence(decide: Decide, cadence: number, tolerance: number): Game<Life> {
  const moments = momentsOf(cadence, tolerance)
  const steps = ({ world, untilVisit }: Life): Choice<Life> => {
    const step = { ticks: 0, isServedVisit: false, isToken: false }
    const given = steal(decide, world)
    if (given.length === 0 && !holdsSomethingAlive(world)) return { isIn: false, steps: [] }
    const found: Step<Life>[] = given
      .filter(({ token }) => token !== null)
      .map(({ event, world: next }) => ({
        ...step,
        event,
        next: { world: next, untilVisit },
        isToken: true,
      }))
    if (untilVisit > 0) found.push({ ...step, ...wait(world, untilVisit) })
    else {
      for (const { event, kind, world: next } of come(decide, world)) {
        if (kind === 'revoke' || kind === 'refuse') continue
        // A 503 page retries by itself.
        const isServedVisit = kind !== 'wait'
        const life = { world: next, untilVisit: isServedVisit ? cadence : 1 }
        found.push({ ...step, event, next: life, isServedVisit })
      }
    }
    return { isIn: given.length > 0, steps: found }
  }
  const wait = (world: World, untilVisit: number) => {
    const now = cadence - untilVisit
    const ticks = (moments.find((moment) => moment > now) ?? cadence) - now
    const next = { world: later(world, ticks), untilVisit: untilVisit - ticks }
    return { event: () => 'time passes', next, ticks }
  }
  const encodeLife = ({ world, untilVisit }: Life) =>
    encode(world) + String.fromCharCode(untilVisit)

  const honest: Life[] = []
  exhaust<Life>({
    initial: { world: signedIn(tolerance), untilVisit: cadence },
    encode: encodeLife,
    expand: ({ world, untilVisit }, visit) => {
      honest.push({ world: copied(world), untilVisit })
      if (untilVisit > 0) {
        const { event, next } = wait(world, untilVisit)
        visit(event, next)
      } else {
        const last = come(decide, world).at(-1)
        if (last) visit(last.event, { world: last.world, untilVisit: cadence })
      }
    },
  })
  return {
    starts: honest,
    steps,
    encode: encodeLife,
  }
}

function holdsSomethingAlive({ thief, row }: World): boolean {
  return thief?.holds.some((token) => token >= row.at || token === row.parent) ?? false
}

/**
 * The moments between two visits, in ticks after the first, at which the thief can act: at once, at every age at which a rule
 * changes its decision (counted from the first visit, and back from the second), and a few in between.
 */
function momentsOf(cadence: number, tolerance: number): number[] {
  const changes = [GRACE, 3 * GRACE, tolerance / 2, tolerance].flatMap((age) => [age, age + 1])
  const between = [1, 2, 3].map((quarter) => Math.round((cadence * quarter) / 4))
  const all = [0, ...changes, ...changes.map((age) => cadence - age), ...between]
  return [...new Set(all)].filter((moment) => moment >= 0 && moment < cadence).sort((a, b) => a - b)
}
