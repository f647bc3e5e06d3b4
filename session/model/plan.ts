/** The measures of a plan. */
export interface Gain {
  readonly ticks: number
  readonly visits: number
  readonly exchanges: number
}

/** A possible next step of a plan. */
export interface Step<State> {
  readonly event: () => string
  readonly next: State
  /** How many ticks it takes. */
  readonly ticks: number
  /** True for a visit at which the victim was served. */
  readonly isServedVisit: boolean
  /** True if the thief was given a refresh token. */
  readonly isToken: boolean
}

/** The steps that are possible in a state. */
export interface Choice<State> {
  /** True if the thief would get any token. */
  readonly isIn: boolean
  readonly steps: readonly Step<State>[]
}

/** A game of one player. A plan that returns to an earlier state is endless. */
export interface Game<State> {
  readonly starts: readonly State[]
  readonly steps: (state: State) => Choice<State>
  /** Returns equal strings for states that behave alike. */
  readonly encode: (state: State) => string
}

/** The best result over all plans, with the number of states that were searched. */
export interface Best extends Gain {
  readonly states: number
  /** The longest plan, step by step, or an endless one. */
  readonly trace: readonly string[]
}

interface Known<State> extends Gain {
  readonly isIn: boolean
  /** The first step of the longest plan. */
  readonly longest: Step<State> | null
}

/** A plan of more steps than this counts as endless. */
const MAX_STEPS = 2_000
const NEVER = Number.NEGATIVE_INFINITY
const FOREVER = Number.POSITIVE_INFINITY
const endlessGain = {
  ...{ ticks: FOREVER, visits: FOREVER, exchanges: FOREVER },
  ...{ isIn: true, longest: null },
}

/** The maximum of each measure over all plans. Follows every plan and explores each state once. */
export function best<State>(game: Game<State>): Best {
  const known = new Map<string, Known<State> | null>()
  let endless: Step<State>[] | null = null
  const run: Step<State>[] = []

  const explore = (state: State, key: string): Known<State> => {
    known.set(key, null)
    const { isIn, steps } = game.steps(state)
    let [ticks, visits, exchanges] = [isIn ? 0 : NEVER, 0, NEVER]
    let longest: Step<State> | null = null
    for (const step of steps) {
      const nextKey = game.encode(step.next)
      if (nextKey === key) continue
      run.push(step)
      let rest = known.get(nextKey)
      if (rest === null || run.length > MAX_STEPS) endless ??= [...run]
      if (endless) return endlessGain
      rest ??= explore(step.next, nextKey)
      run.pop()
      if (step.ticks + rest.ticks > ticks) {
        ticks = step.ticks + rest.ticks
        longest = step
      }
      visits = Math.max(visits, rest.visits + Number(step.isServedVisit && rest.isIn))
      // A token that the thief gets is an exchange if the victim is served after it.
      const served = step.isServedVisit ? Math.max(0, rest.exchanges) : rest.exchanges
      exchanges = Math.max(exchanges, served + Number(step.isToken))
    }
    const found = { isIn, ticks, visits, exchanges, longest }
    known.set(key, found)
    return found
  }

  let longest: Step<State> | null = null
  let most: Gain = { ticks: NEVER, visits: 0, exchanges: NEVER }
  for (const start of game.starts) {
    const key = game.encode(start)
    const found = known.get(key) ?? explore(start, key)
    if (found.ticks > most.ticks) longest = found.longest
    most = {
      ticks: Math.max(most.ticks, found.ticks),
      visits: Math.max(most.visits, found.visits),
      exchanges: Math.max(most.exchanges, found.exchanges),
    }
  }
  return {
    ...most,
    states: known.size,
    trace: describeSteps(endless ?? planFrom(game, longest, known)),
  }
}

function planFrom<State>(
  game: Game<State>,
  first: Step<State> | null,
  known: ReadonlyMap<string, Known<State> | null>,
): Step<State>[] {
  const plan: Step<State>[] = []
  for (let step = first; step !== null; ) {
    plan.push(step)
    step = known.get(game.encode(step.next))?.longest ?? null
  }
  return plan
}

function describeSteps<State>(plan: readonly Step<State>[]): string[] {
  const lines: string[] = []
  let time = 0
  for (const { event, ticks } of plan) {
    time += ticks
    if (ticks === 0) lines.push(`t=${time} ${event()}`)
  }
  return lines
}
