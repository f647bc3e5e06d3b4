import 'server-only'

/** Something that callers share, such as an account or an address, and what a turn costs it. */
export interface Share {
  readonly key: string
  readonly cost: number
}

interface Waiting {
  /** The virtual time at which the turn is due. */
  readonly due: number
  readonly shares: readonly Share[]
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
 * A turn is due after all earlier turns of each of its shares. The waiting turn that is due first runs next. If the queue is
 * full, the turn that is due last is refused. Lanes take turns with one another, whatever their length.
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

  /** Runs `work` when its turn comes. Rejects with `refusal` if too many callers wait. */
  return async <T>(lane: Lane, shares: readonly Share[], work: () => Promise<T>): Promise<T> => {
    const queue = queues.find(({ name }) => name === lane)
    if (running < atOnce) {
      running++
      queue?.pass(shares)
    } else {
      await new Promise<void>((resolve, reject) => {
        queue?.push(shares, { start: resolve, refuse: () => reject(refusal()) })
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
  /** The virtual time at which each share's next turn is due. A share that is missing is due now. */
  const nextDue = new Map<string, number>()
  let now = 0

  const dueOf = ({ key }: Share) => Math.max(now, nextDue.get(key) ?? 0)
  const charge = (shares: readonly Share[]): number => {
    const due = Math.max(now, ...shares.map(dueOf))
    for (const share of shares) nextDue.set(share.key, dueOf(share) + share.cost)
    return due
  }
  const refund = (shares: readonly Share[]) => {
    for (const { key, cost } of shares) nextDue.set(key, (nextDue.get(key) ?? 0) - cost)
  }
  const advance = (due: number) => {
    now = Math.max(now, due)
    for (const [key, next] of nextDue) if (next <= now) nextDue.delete(key)
  }

  return {
    length: () => waiting.length,
    /** Charges a turn that does not have to wait. */
    pass: (shares: readonly Share[]) => advance(charge(shares)),
    push(shares: readonly Share[], { start, refuse }: Pick<Waiting, 'start' | 'refuse'>): void {
      const turn = { due: charge(shares), shares, start, refuse }
      const later = waiting.findIndex(({ due }) => due > turn.due)
      waiting.splice(later < 0 ? waiting.length : later, 0, turn)
      if (waiting.length <= maxWaiting) return
      const last = waiting.pop()
      if (!last) return
      refund(last.shares)
      last.refuse()
    },
    shift(): Waiting | undefined {
      const next = waiting.shift()
      if (next) advance(next.due)
      return next
    },
  }
}
