import { type Space, tick, told } from './search'

export interface Longest {
  readonly states: number
  /** From the start to the last reward of the longest run; Infinity where a run comes back to where it was. */
  readonly ticks: number
  /** A run with a reward later than `bound`, or null. */
  readonly trace: readonly string[] | null
}

interface Step<State> {
  readonly event: () => string
  readonly ticks: number
  readonly key: string
  readonly state: State
}

interface Visited<State> extends Step<State> {
  readonly time: number
  readonly choices: Step<State>[]
  /** Ticks from here to the last reward found so far. */
  best: number
}

/**
 * How long any run from any of `starts` goes on being rewarded. Depth first; each state is followed once, as what may
 * come after it does not depend on what came before.
 */
export function longest<State>(
  space: Omit<Space<State>, 'initial'>,
  starts: readonly State[],
  rewarded: (state: State) => boolean,
  bound: number,
): Longest {
  const known = new Map<string, number>()
  const run: Visited<State>[] = []
  let ticks = Number.NEGATIVE_INFINITY

  const enter = (step: Step<State>) => {
    // Whoever comes back here before this is known has found a run without end.
    known.set(step.key, Number.POSITIVE_INFINITY)
    const time = (run.at(-1)?.time ?? 0) + step.ticks
    const best = rewarded(step.state) ? 0 : Number.NEGATIVE_INFINITY
    run.push({ ...step, time, choices: choicesOf(space, step), best })
  }

  for (const state of starts) {
    const key = space.encode(state)
    if (known.has(key)) continue
    enter({ event: () => 'the start', ticks: 0, key, state })
    for (let here = run.at(-1); here !== undefined; here = run.at(-1)) {
      if (here.best === 0 && here.time > bound) {
        const trace = told(run.map(({ event }) => event))
        return { states: known.size, ticks: here.time, trace }
      }
      const choice = here.choices.pop()
      if (choice === undefined) {
        known.set(here.key, here.best)
        run.pop()
        const before = run.at(-1)
        if (before) before.best = Math.max(before.best, here.ticks + here.best)
        else ticks = Math.max(ticks, here.best)
      } else {
        const rest = known.get(choice.key)
        if (rest === undefined) enter(choice)
        else here.best = Math.max(here.best, choice.ticks + rest)
      }
    }
  }
  return { states: known.size, ticks, trace: null }
}

function choicesOf<State>(
  space: Omit<Space<State>, 'initial'>,
  { key, state }: Step<State>,
): Step<State>[] {
  const choices: Step<State>[] = []
  space.expand(state, (event, next) => {
    if (next === null) return
    const nextKey = space.encode(next)
    if (nextKey !== key)
      choices.push({ event, ticks: event === tick ? 1 : 0, key: nextKey, state: next })
  })
  return choices
}
