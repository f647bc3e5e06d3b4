import 'server-only'

/** What a caller shares with others: an account, an address. A turn costs each of them so much. */
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

export interface FairQueueOptions {
  /** How many turns run at a time. */
  readonly atOnce: number
  /** How many callers wait at most, in each lane. */
  readonly maxWaiting: number
  /** What a caller that finds no place is rejected with. */
  readonly refusal: () => Error
}

/**
 * A queue in which no caller's burst delays the others: start-time fair queueing (Goyal, Vin and Cheng 1996). A turn is due
 * once all earlier turns of each of its shares are; of those that wait, the one that is due first runs. Where the queue is
 * full, the turn that is due last gives way. Lanes take turns with one another, whatever their length.
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
    // The lane that was served goes to the back.
    queues.push(queue)
    queue.shift()?.start()
  }

  /** Runs `work` when its turn comes. Rejects with `refusal` where too many wait. */
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
  /** In the order in which they are due. */
  const waiting: Waiting[] = []
  /** When the next turn of a share is due; a share that is not here is due now. */
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
    /** A turn that need not wait. */
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
