import { setTimeout as pause } from 'node:timers/promises'
import { claimsOf, namesOf } from './jar'
import type { AppServer, User } from './server'
import { type Answer, Lost, type Outcome, Visitor } from './visitor'

export interface StormOptions {
  readonly jars: number
  /** In how many bursts, each after the access token's end, a jar asks. */
  readonly bursts: number
  /** How many requests a burst is, all at once. */
  readonly atOnce: number
  /** From one burst of a jar to the next; longer than the access token's life and than thrice grace. */
  readonly everyMs: number
  readonly graceMs: number
  /** The same seed, the same losses. */
  readonly seed: number
}

/** A refresh token as it came by, whether or not it arrived. */
interface Minted {
  readonly generation: number
  readonly branch: number
  readonly at: number
}

export interface JarReport {
  readonly sessionId: string
  /** Every refresh token that a server has issued after sign-in. */
  readonly minted: readonly Minted[]
  /** How many of these must have been issued, from what the jar held at each burst; lost answers and waits counted in. */
  readonly expected: number
  /** Refresh tokens that were lost on their way, by generation. */
  readonly lost: ReadonlyMap<number, number>
}

export interface StormReport {
  readonly jars: readonly JarReport[]
  readonly outcomes: Readonly<Record<Outcome, number>>
  readonly dropped: number
  readonly delayed: number
  readonly seconds: number
  /** How many answers each machine gave. */
  readonly machines: ReadonlyMap<string, number>
}

const DROPPED = 0.05
const DELAYED = 0.05
const SIGN_INS_AT_ONCE = 8
/** No user has more than a hundred live sessions. */
const SESSIONS_EACH = 50

/** Many jars, each of which asks for several things at once whenever its access token is over, through a network that loses and delays. */
export async function storm(server: AppServer, options: StormOptions): Promise<StormReport> {
  const { jars: count, bursts, everyMs } = options
  const random = generator(options.seed)
  const users = await Promise.all(
    Array.from({ length: Math.ceil(count / SESSIONS_EACH) }, () => server.register()),
  )
  const weather = new Weather(random, options.graceMs)
  const jars = Array.from({ length: count }, () => new Jar(server.direct, weather, options))
  const waiting = jars.map((jar, index) => [jar, users[index % users.length] as User] as const)
  await Promise.all(
    Array.from({ length: SIGN_INS_AT_ONCE }, async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) await next[0].signIn(next[1])
    }),
  )
  const from = performance.now()
  weather.isCalm = false
  const outcomes = { served: 0, unavailable: 0, failed: 0, 'signed out': 0, lost: 0 }
  await Promise.all(
    jars.map(async (jar, index) => {
      // Evenly over time: what is tested are the races within a jar.
      const start = from + everyMs * (1 + index / count)
      for (let burst = 0; burst < bursts; burst++) {
        await pause(start + burst * everyMs - performance.now())
        for (const outcome of await jar.burst()) outcomes[outcome] += 1
      }
    }),
  )
  return {
    jars: jars.map((jar) => jar.report()),
    outcomes,
    dropped: weather.dropped,
    delayed: weather.delayed,
    seconds: (performance.now() - from) / 1000,
    machines: weather.machines,
  }
}

/** What becomes of answers on their way. */
class Weather {
  isCalm = true
  dropped = 0
  delayed = 0
  readonly machines = new Map<string, number>()

  constructor(
    private readonly random: () => number,
    private readonly graceMs: number,
  ) {}

  async carry({ headers }: Answer): Promise<void> {
    if (this.isCalm) return
    const machine = `${headers['x-machine']}`
    this.machines.set(machine, (this.machines.get(machine) ?? 0) + 1)
    const chance = this.random()
    if (chance < DROPPED) {
      this.dropped += 1
      throw new Lost()
    }
    if (chance < DROPPED + DELAYED) {
      this.delayed += 1
      await pause(this.random() * this.graceMs)
    }
  }
}

class Jar {
  private readonly visitor: Visitor
  private readonly minted: Minted[] = []
  private readonly lost = new Map<number, number>()
  private expected = 0
  private row: Minted = { generation: 0, branch: 0, at: performance.now() }
  private sessionId = ''

  constructor(
    origin: string,
    private readonly weather: Weather,
    private readonly options: StormOptions,
  ) {
    this.visitor = new Visitor(origin, (answer) => this.receive(answer))
  }

  async signIn(user: User): Promise<void> {
    await this.visitor.signIn(user)
    this.sessionId = String(claimsOf(this.visitor.refreshToken ?? '').sid)
    this.row = { generation: 0, branch: 0, at: performance.now() }
  }

  /** Every request of it ends, and its late answers arrive, before the next. */
  burst(): Promise<Outcome[]> {
    if (this.isDue()) this.expected += 1
    return Promise.all(Array.from({ length: this.options.atOnce }, () => this.visitor.visit()))
  }

  report(): JarReport {
    const { sessionId, minted, expected, lost } = this
    return { sessionId, minted, expected, lost }
  }

  /** Whether the server is to issue a refresh token for what the jar holds now: its own rule, put once more in other words. */
  private isDue(): boolean {
    const { g, b } = claimsOf(this.visitor.refreshToken ?? '')
    const age = performance.now() - this.row.at
    const isCurrent = g === this.row.generation && b === this.row.branch
    return age > this.options.graceMs * (isCurrent ? 3 : 2 ** this.row.branch)
  }

  private async receive(answer: Answer): Promise<void> {
    const lines = answer.headers['set-cookie'] ?? []
    const line = lines.find((one) => namesOf([one])[0] === 'refresh_token')
    const { g = 0, b = 0 } = line ? claimsOf(line) : {}
    if (line) {
      this.row = { generation: Number(g), branch: Number(b), at: performance.now() }
      if (!this.weather.isCalm) this.minted.push(this.row)
    }
    try {
      await this.weather.carry(answer)
    } catch (error) {
      if (line) this.lost.set(Number(g), (this.lost.get(Number(g)) ?? 0) + 1)
      throw error
    }
  }
}

/** Mulberry32: the same numbers for the same seed. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
