import 'server-only'
import { randomBytes } from 'node:crypto'
import { SessionError } from '@/session/errors'
import type { Session } from '@/session/session'
import type { FaultPlace, Happening, JarView, LabEvent, RowView } from './event'

/** The most requests of one run. Fifty at once need 120. */
const MAX_REQUESTS = 300
/** How often a wait looks whether the run was stopped. */
const LOOK_MS = 100

/** Thrown within a scene whose run was stopped. */
export class Stopped extends Error {}

/** What a run needs of its lab. */
export interface RunParts {
  readonly clock: () => number
  readonly appOrigin: string
  /** Where the browsers of a scene reach this process. */
  readonly ownOrigin: string
  readonly accessTokenMs: number
  readonly graceMs: number
  readonly emit: (event: LabEvent) => void
  /** Aborts if the visitor left, the time is up or the server stops. */
  readonly signal: AbortSignal
}

/**
 * One visitor's run of a scene. Its requests are known by their ids, which begin with a name that cannot be guessed and that
 * never leaves the server. Faults and happenings are kept by that name, so that they concern no other request.
 */
export class SceneRun {
  readonly name = `lab-${randomBytes(16).toString('hex')}`
  private readonly startedAt = performance.now()
  private readonly faults = new Set<FaultPlace>()
  private readonly owners = new Map<string, string>()
  private readonly rowsRead = new Map<number, Session>()
  private requests = 0

  constructor(private readonly parts: RunParts) {}

  get signal(): AbortSignal {
    return this.parts.signal
  }
  get appOrigin(): string {
    return this.parts.appOrigin
  }
  get ownOrigin(): string {
    return this.parts.ownOrigin
  }
  get graceMs(): number {
    return this.parts.graceMs
  }
  get accessTokenMs(): number {
    return this.parts.accessTokenMs
  }

  /** Reports what happened, to the visitor alone. */
  emit(happening: Happening): void {
    this.parts.emit({ ...happening, ms: Math.round(performance.now() - this.startedAt) })
  }

  /** Tells the visitor what the scene does next. */
  say(text: string): void {
    this.emit({ kind: 'said', text })
  }

  /** Numbers a request, and gives it the id by which the server recognizes it. */
  sent(request: {
    by: string
    tab: number
    method: string
    path: string
    jar: JarView
    again: boolean
  }): { request: number; id: string } {
    this.signal.throwIfAborted()
    this.requests += 1
    if (this.requests > MAX_REQUESTS) throw new Error('A scene sends too many requests')
    this.emit({ kind: 'sent', request: this.requests, ...request })
    return { request: this.requests, id: `${this.name}-${this.requests}` }
  }

  /** Waits, and says why. */
  async wait(ms: number, text: string): Promise<void> {
    this.emit({ kind: 'waiting', forMs: Math.round(ms), text })
    await this.pause(ms)
  }

  /** Waits. @throws Stopped as soon as the run is stopped. */
  async pause(ms: number): Promise<void> {
    const until = performance.now() + ms
    for (;;) {
      if (this.signal.aborted) throw new Stopped()
      const left = until - performance.now()
      if (left <= 0) return
      await new Promise((resolve) => setTimeout(resolve, Math.min(left, LOOK_MS)))
    }
  }

  /** Lets `place` fail for the requests of this run while `during` runs. */
  async withFault(place: FaultPlace, during: () => Promise<void>): Promise<void> {
    this.faults.add(place)
    this.emit({ kind: 'fault', at: place, begins: true })
    try {
      await during()
    } finally {
      this.faults.delete(place)
      this.emit({ kind: 'fault', at: place, begins: false })
    }
  }

  /** @throws SessionError `unavailable` while the scene lets `place` fail. */
  requireNoFault(place: FaultPlace): void {
    if (this.faults.has(place)) throw new SessionError('unavailable', { retryAfterSeconds: 1 })
  }

  /** Names the browser that a session belongs to on the screen. */
  own(sessionId: string, browser: string): void {
    this.owners.set(sessionId, browser)
  }

  /** Remembers the row that the engine read for a request. */
  remember(request: number, row: Session): void {
    this.rowsRead.set(request, row)
  }

  /** The row that the engine read last for a request. */
  rowReadBy(request: number): Session | undefined {
    return this.rowsRead.get(request)
  }

  /** A row as the visitor may see it. */
  view(row: Session): RowView {
    return {
      of: this.owners.get(row.id) ?? 'browser',
      generation: row.generation,
      branch: row.branch,
      ageMs: Math.max(0, this.parts.clock() - row.issuedAt),
      ended: row.endedReason,
    }
  }
}
