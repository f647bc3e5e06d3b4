import 'server-only'

/** A flow, as fair queueing calls it: what callers have in common, such as an account or an address, and what a turn costs it. */
export interface Flow {
  readonly key: string
  readonly cost: number
}

interface Waiting {
  /** The virtual time at which the turn is due. */
  readonly due: number
  readonly flows: readonly Flow[]
  start(): void
  refuse(): void
}

/** The bounds of a fair queue. */
export interface FairQueueOptions {
  /** How many turns run at a time. */
  readonly atOnce: number
  /** How many callers wait at most, in each lane. */
  readonly maxWaiting: number
  /** Makes the error with which a caller is rejected if the queue is full. */
  readonly refusal: () => Error
}

/**
 * Creates a queue in which one caller's burst does not delay the others, by start-time fair queueing (Goyal, Vin and Cheng 1996).
 * Virtual time is counted in costs, not in seconds: it moves on to the turn that starts, and a flow's next turn is due as much
 * later as this one costs. So a turn is due after all earlier turns of each of its flows. The waiting turn that is due first runs
 * next. If the queue is full, the turn that is due last is refused. Lanes take turns with one another, whatever their length.
 */
export function createFairQueue<Lane extends string>(
  lanes: readonly Lane[],
  { atOnce, maxWaiting, refusal }: FairQueueOptions,
) {
  const queues = lanes.map((name) => ({ name, ...createLane(maxWaiting) }))
  let running = 0

  function startNext(): void {
    const index = queues.findIndex(({ length }) => length() > 0)
    const [queue] = index < 0 ? [] : queues.splice(index, 1)
    if (!queue) {
      running--
      return
    }
    // The lane that was served moves to the back.
    queues.push(queue)
    queue.shift()?.start()
  }

  /**
   * Runs `work` when its turn comes. Rejects with `refusal` if too many callers wait.
   * @throws Error for a lane that there is not.
   */
  return async <T>(lane: Lane, flows: readonly Flow[], work: () => Promise<T>): Promise<T> => {
    const queue = queues.find(({ name }) => name === lane)
    if (!queue) throw new Error(`There is no lane ${lane}`)
    if (running < atOnce) {
      running++
      queue.pass(flows)
    } else {
      await new Promise<void>((resolve, reject) => {
        queue.push(flows, { start: resolve, refuse: () => reject(refusal()) })
      })
    }
    try {
      return await work()
    } finally {
      startNext()
    }
  }
}

function createLane(maxWaiting: number) {
  /** Sorted by `due`. */
  const waiting: Waiting[] = []
  /** The virtual time at which each flow's next turn is due. A flow that is missing is due at once. */
  const nextDue = new Map<string, number>()
  let virtualNow = 0

  const dueOf = ({ key }: Flow) => Math.max(virtualNow, nextDue.get(key) ?? 0)
  const charge = (flows: readonly Flow[]): number => {
    const due = Math.max(virtualNow, ...flows.map(dueOf))
    for (const flow of flows) nextDue.set(flow.key, dueOf(flow) + flow.cost)
    return due
  }
  const refund = (flows: readonly Flow[]) => {
    for (const { key, cost } of flows) nextDue.set(key, (nextDue.get(key) ?? 0) - cost)
  }
  const advance = (due: number) => {
    virtualNow = Math.max(virtualNow, due)
    for (const [key, next] of nextDue) if (next <= virtualNow) nextDue.delete(key)
  }

  return {
    length: () => waiting.length,
    /** Charges a turn that does not have to wait. */
    pass: (flows: readonly Flow[]) => advance(charge(flows)),
    push(flows: readonly Flow[], { start, refuse }: Pick<Waiting, 'start' | 'refuse'>): void {
      const turn = { due: charge(flows), flows, start, refuse }
      const later = waiting.findIndex(({ due }) => due > turn.due)
      waiting.splice(later < 0 ? waiting.length : later, 0, turn)
      if (waiting.length <= maxWaiting) return
      const last = waiting.pop()
      if (!last) return
      refund(last.flows)
      last.refuse()
    },
    shift(): Waiting | undefined {
      const next = waiting.shift()
      if (next) advance(next.due)
      return next
    },
  }
}
