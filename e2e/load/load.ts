import { claimsOf, namesOf } from '../support/clients/jar'
import { type Answer, Lost, type Outcome, Visitor } from '../support/clients/visitor'
import { passSessionTime } from '../support/server/database'
import type { AppServer, User } from '../support/server/server'

export interface LoadOptions {
  readonly jars: number
  /** How many bursts of requests each jar sends, each after its access token has expired. */
  readonly bursts: number
  /** How many concurrent requests a burst has. */
  readonly atOnce: number
  /** How many jars send at once. Each continues as soon as it is answered, so the machine sets the pace. */
  readonly jarsAtOnce: number
  /** How much time passes between two bursts of a jar, in milliseconds: longer than three times grace. */
  readonly everyMs: number
  /** Seed of the losses. They repeat as far as responses come in the same order. */
  readonly seed: number
}

/** A refresh token that the server sent, whether or not it arrived. */
interface Minted {
  readonly generation: number
  readonly branch: number
}

export interface JarReport {
  readonly sessionId: string
  /** Every refresh token issued after sign-in. */
  readonly minted: readonly Minted[]
  /** For each burst, how many refresh tokens it brought, and whether the jar held the current token before it: then exactly one. */
  readonly bursts: readonly { readonly minted: number; readonly heldCurrent: boolean }[]
  /** How many refresh tokens were lost on the way, by generation. */
  readonly lost: ReadonlyMap<number, number>
  /** The outcome of a last visit, after the load. */
  readonly afterwards: Outcome
}

export interface LoadReport {
  readonly jars: readonly JarReport[]
  readonly outcomes: Readonly<Record<Outcome, number>>
  readonly dropped: number
  readonly late: number
  readonly seconds: number
  /** How many responses each machine sent. */
  readonly machines: ReadonlyMap<string, number>
}

const DROPPED = 0.05
const LATE = 0.05
const SIGN_INS_AT_ONCE = 8
/** Below the limit of a hundred live sessions per user. */
const SESSIONS_EACH = 50

/**
 * Runs many cookie jars, each of which sends concurrent requests whenever its access token has expired, over a network that
 * loses and reorders responses.
 */
export async function runLoad(server: AppServer, options: LoadOptions): Promise<LoadReport> {
  const random = generator(options.seed)
  const users = await Promise.all(
    Array.from({ length: Math.ceil(options.jars / SESSIONS_EACH) }, () => server.register()),
  )
  const network = new LossyNetwork(random)
  const jars = Array.from(
    { length: options.jars },
    (_, index) => new Jar(server, network, users[index % users.length] as User),
  )
  await eachOf(jars, SIGN_INS_AT_ONCE, (jar) => jar.signIn())
  const from = performance.now()
  network.isReliable = false
  const outcomes = { served: 0, unavailable: 0, failed: 0, 'signed out': 0, lost: 0 }
  await eachOf(jars, options.jarsAtOnce, async (jar) => {
    for (let burst = 0; burst < options.bursts; burst++) {
      for (const outcome of await jar.burst(options.atOnce, options.everyMs)) outcomes[outcome] += 1
    }
  })
  const seconds = (performance.now() - from) / 1000
  network.isReliable = true
  await eachOf(jars, options.jarsAtOnce, (jar) => jar.comeBack(options.everyMs))
  return {
    jars: jars.map((jar) => jar.report()),
    outcomes,
    dropped: network.dropped,
    late: network.late,
    seconds,
    machines: network.machines,
  }
}

/** Calls `work` with each item, `atOnce` at a time. */
async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    for (const item of rest) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

/** Loses and delays responses. */
class LossyNetwork {
  isReliable = true
  dropped = 0
  late = 0
  readonly machines = new Map<string, number>()

  constructor(private readonly random: () => number) {}

  /** Delivers a response of a burst at once, late or never. */
  async carry({ headers }: Answer, burst: Burst): Promise<void> {
    if (this.isReliable) return
    const machine = `${headers['x-machine']}`
    this.machines.set(machine, (this.machines.get(machine) ?? 0) + 1)
    const chance = this.random()
    if (chance < DROPPED) {
      this.dropped += 1
      throw new Lost()
    }
    if (chance < DROPPED + LATE) {
      this.late += 1
      await burst.beLate()
    }
  }
}

/** Concurrent requests. A late response arrives when no other request can continue without it. */
class Burst {
  private readonly waiting: (() => void)[] = []

  constructor(private moving: number) {}

  beLate(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve)
      this.end()
    })
  }

  /** Marks one request as finished or waiting. */
  end(): void {
    this.moving -= 1
    if (this.moving > 0) return
    const next = this.waiting.shift()
    if (next === undefined) return
    this.moving += 1
    next()
  }
}

class Jar {
  private readonly visitor: Visitor
  private readonly minted: Minted[] = []
  private readonly bursts: JarReport['bursts'][number][] = []
  private readonly lost = new Map<number, number>()
  private row: Minted = { generation: 0, branch: 0 }
  private current = new Burst(0)
  private sessionId = ''
  private afterwards: Outcome = 'failed'

  constructor(
    private readonly server: AppServer,
    private readonly network: LossyNetwork,
    private readonly user: User,
  ) {
    this.visitor = new Visitor(server.direct, (answer) => this.receive(answer))
  }

  async signIn(): Promise<void> {
    await this.visitor.signIn(this.user)
    this.sessionId = String(claimsOf(this.visitor.refreshToken ?? '').sid)
  }

  /** Lets time pass, drops the access token and sends a burst. Resolves when every request has ended. */
  async burst(atOnce: number, afterMs: number): Promise<Outcome[]> {
    this.letPass(afterMs)
    const { g, b } = claimsOf(this.visitor.refreshToken ?? '')
    const heldCurrent = g === this.row.generation && b === this.row.branch
    const before = this.minted.length
    const burst = new Burst(atOnce)
    this.current = burst
    const visits = Array.from({ length: atOnce }, () =>
      this.visitor.visit().finally(() => burst.end()),
    )
    const outcomes = await Promise.all(visits)
    this.bursts.push({ minted: this.minted.length - before, heldCurrent })
    return outcomes
  }

  async comeBack(afterMs: number): Promise<void> {
    this.letPass(afterMs)
    this.afterwards = await this.visitor.visit()
  }

  report(): JarReport {
    const { sessionId, minted, bursts, lost, afterwards } = this
    return { sessionId, minted, bursts, lost, afterwards }
  }

  private letPass(ms: number): void {
    passSessionTime(this.server, this.sessionId, ms)
    this.visitor.loseAccess()
  }

  private async receive(answer: Answer): Promise<void> {
    const lines = answer.headers['set-cookie'] ?? []
    const line = lines.find((one) => namesOf([one])[0] === 'refresh_token')
    const { g = 0, b = 0 } = line ? claimsOf(line) : {}
    if (line && !this.network.isReliable) {
      this.row = { generation: Number(g), branch: Number(b) }
      this.minted.push(this.row)
    }
    try {
      await this.network.carry(answer, this.current)
    } catch (error) {
      if (line) this.lost.set(Number(g), (this.lost.get(Number(g)) ?? 0) + 1)
      throw error
    }
  }
}

/** Mulberry32: a seeded random number generator. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
