/** A world to exhaust: where it starts, and what may happen next. */
export interface Space<State> {
  readonly initial: State
  /** Calls `visit` for everything that may happen in `state`. */
  readonly expand: (state: State, visit: Visit<State>) => void
  /** The same text for states that behave alike. */
  readonly encode: (state: State) => string
}

/** `next` is null where the event itself breaks the property. The event's name is read only for a trace. */
export type Visit<State> = (event: () => string, next: State | null) => void

export interface Findings {
  readonly states: number
  /** The shortest run that breaks the property, or null: there is none. */
  readonly trace: readonly string[] | null
}

/** The event that lets a tick of time pass. */
export const tick = () => 'tick'

/** Visits every reachable state, breadth first, until the space is exhausted or the property broken. */
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
      return { states: keys.length, trace: told([...eventsTo(space, keys, from, here), broken]) }
    }
  }
  return { states: keys.length, trace: null }
}

/** Walks the run again from the start, as only keys are kept. */
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
    if (taken === null) throw new Error('a run cannot be walked again: the world is not a function')
    state = reached
    return taken
  })
}

/** One line an event, with its time. */
export function told(events: readonly (() => string)[]): string[] {
  const lines: string[] = []
  let time = 0
  for (const event of events) {
    if (event === tick) time++
    else lines.push(`t=${time} ${event()}`)
  }
  return lines
}
