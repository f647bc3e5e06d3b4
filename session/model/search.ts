/** A space of states to search: the initial state, and what can happen in each. */
export interface Space<State> {
  readonly initial: State
  /** Calls `visit` for everything that can happen in `state`. */
  readonly expand: (state: State, visit: Visit<State>) => void
  /** Returns equal strings for states that behave alike. */
  readonly encode: (state: State) => string
}

/** Called with an event and the state after it, or null if the event breaks the property. `event` is called only for a trace. */
export type Visit<State> = (event: () => string, next: State | null) => void

/** The result of a search. */
export interface Findings {
  readonly states: number
  /** The shortest run that breaks the property, or null if there is none. */
  readonly trace: readonly string[] | null
}

/** The event that a tick of time passes. */
export const tick = () => 'tick'

/** Visits every reachable state, breadth first, until all are visited or the property is broken. */
export function exhaust<State>(space: Space<State>): Findings {
  const keys = [space.encode(space.initial)]
  const seen = new Set(keys)
  const from = [-1]
  const waiting: (State | undefined)[] = [space.initial]
  let broken: (() => string) | null = null

  for (let here = 0; here < waiting.length && broken === null; here++) {
    const state = waiting[here] as State
    waiting[here] = undefined
    space.expand(state, (event, next) => {
      if (next === null) {
        broken ??= event
        return
      }
      if (next === state) return
      const key = space.encode(next)
      if (seen.has(key)) return
      seen.add(key)
      keys.push(key)
      from.push(here)
      waiting.push(next)
    })
    if (broken !== null) {
      return {
        states: keys.length,
        trace: describeEvents([...eventsTo(space, keys, from, here), broken]),
      }
    }
  }
  return { states: keys.length, trace: null }
}

/** The events of the run to `end`. Only keys are kept, so the run is repeated from the initial state. */
function eventsTo<State>(
  space: Space<State>,
  keys: readonly string[],
  from: readonly number[],
  end: number,
): (() => string)[] {
  const path: number[] = []
  for (let at = end; at > 0; at = from[at] ?? -1) path.unshift(at)

  let state = space.initial
  return path.map((at) => {
    let taken: (() => string) | null = null
    let reached = state
    space.expand(state, (event, next) => {
      if (taken !== null || next === null || space.encode(next) !== keys[at]) return
      taken = event
      reached = next
    })
    if (taken === null) throw new Error('The run cannot be repeated: `expand` is not deterministic')
    state = reached
    return taken
  })
}

/** One line for each event, with its time in ticks. */
function describeEvents(events: readonly (() => string)[]): string[] {
  const lines: string[] = []
  let time = 0
  for (const event of events) {
    if (event === tick) time++
    else lines.push(`t=${time} ${event()}`)
  }
  return lines
}
