import { claimsOf, namesOf } from '../support/clients/jar'
import { type Answer, Lost, type Outcome, Visitor } from '../support/clients/visitor'
import { passSessionTime } from '../support/server/database'
import type { AppServer, User } from '../support/server/server'

export interface StormOptions {
  readonly jars: number
  /** In how many bursts, each after the access token's end, a jar asks. */
  readonly bursts: number
  /** How many requests a burst is, all at once. */
  readonly atOnce: number
  /** How many jars ask at once. Each goes on as soon as it is answered, so the machine sets the pace. */
  readonly jarsAtOnce: number
  /** How much time passes between two bursts of a jar: longer than thrice grace. */
  readonly everyMs: number
  /** The same seed, the same losses in as far as answers come in the same order. */
  readonly seed: number
}

/** A refresh token as it came by, whether or not it arrived. */
interface Minted {
  readonly generation: number
  readonly branch: number
}

export interface JarReport {
  readonly sessionId: string
  /** Every refresh token that a server has issued after sign-in. */
  readonly minted: readonly Minted[]
  /** How many of these each burst brought, and whether its jar then held the session's current token: if so it must be one. */
  readonly bursts: readonly { readonly minted: number; readonly heldCurrent: boolean }[]
  /** Refresh tokens that were lost on their way, by generation. */
  readonly lost: ReadonlyMap<number, number>
  /** How a last visit ended, once the storm was over. */
  readonly afterwards: Outcome
}

export interface StormReport {
  readonly jars: readonly JarReport[]
  readonly outcomes: Readonly<Record<Outcome, number>>
  readonly dropped: number
  readonly late: number
  readonly seconds: number
  /** How many answers each machine gave. */
  readonly machines: ReadonlyMap<string, number>
}

const DROPPED = 0.05
const LATE = 0.05
const SIGN_INS_AT_ONCE = 8
/** No user has more than a hundred live sessions. */
const SESSIONS_EACH = 50

/** Many jars, each of which asks for several things at once whenever its access token is over, through a network that loses and reorders. */
export async function storm(server: AppServer, options: StormOptions): Promise<StormReport> {
  const random = generator(options.seed)
  const users = await Promise.all(
    Array.from({ length: Math.ceil(options.jars / SESSIONS_EACH) }, () => server.register()),
  )
  const weather = new Weather(random)
  const jars = Array.from(
    { length: options.jars },
    (_, index) => new Jar(server, weather, users[index % users.length] as User),
  )
  await eachOf(jars, SIGN_INS_AT_ONCE, (jar) => jar.signIn())
  const from = performance.now()
  weather.isCalm = false
  const outcomes = { served: 0, unavailable: 0, failed: 0, 'signed out': 0, lost: 0 }
  await eachOf(jars, options.jarsAtOnce, async (jar) => {
    for (let burst = 0; burst < options.bursts; burst++) {
      for (const outcome of await jar.burst(options.atOnce, options.everyMs)) outcomes[outcome] += 1
    }
  })
  const seconds = (performance.now() - from) / 1000
  weather.isCalm = true
  await eachOf(jars, options.jarsAtOnce, (jar) => jar.comeBack(options.everyMs))
  return {
    jars: jars.map((jar) => jar.report()),
    outcomes,
    dropped: weather.dropped,
    late: weather.late,
    seconds,
    machines: weather.machines,
  }
}

/** Does `work` with each of `items`, `atOnce` at a time. */
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

/** What becomes of answers on their way. */
class Weather {
  isCalm = true
  dropped = 0
  late = 0
  readonly machines = new Map<string, number>()

  constructor(private readonly random: () => number) {}

  /** Lets an answer of a burst through, late or never. */
  async carry({ headers }: Answer, burst: Burst): Promise<void> {
    if (this.isCalm) return
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

/** Requests that were sent at once. A late answer arrives when no other of them can go on without it. */
class Burst {
  private readonly waiting: (() => void)[] = []

  constructor(private moving: number) {}

  beLate(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve)
      this.end()
    })
  }

  /** One of them does not move any more. */
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
    private readonly weather: Weather,
    private readonly user: User,
  ) {
    this.visitor = new Visitor(server.direct, (answer) => this.receive(answer))
  }

  async signIn(): Promise<void> {
    await this.visitor.signIn(this.user)
    this.sessionId = String(claimsOf(this.visitor.refreshToken ?? '').sid)
  }

  /** Time passes, the access token is over, and so many requests are sent at once. All of it ends before the next. */
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
    if (line && !this.weather.isCalm) {
      this.row = { generation: Number(g), branch: Number(b) }
      this.minted.push(this.row)
    }
    try {
      await this.weather.carry(answer, this.current)
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
