import { setTimeout as pause } from 'node:timers/promises'
import { type Outcome, Visitor } from '../support/clients/visitor'
import type { AppServer, User } from '../support/server/server'

export interface ConcurrentUsersOptions {
  readonly visitors?: number
  /** The average pause between two visits of one visitor, in milliseconds. */
  readonly everyMs?: number
}

/** One visit. Times are on the clock of `performance.now()`. */
interface Visit {
  readonly visitor: Visitor
  readonly from: number
  readonly till: number
  readonly outcome: Outcome
}

export interface ConcurrentUsersReport {
  readonly visits: number
  readonly served: number
  readonly unavailable: number
  readonly failed: number
  /** How many visits were answered with 401 or a redirect to sign in. */
  readonly signedOut: number
  /** The longest time in which no visit was served, in milliseconds. */
  readonly goneMs: number
}

/** Concurrent users who visit continuously, every other time with an expired access token. */
export interface ConcurrentUsers {
  readonly accounts: readonly User[]
  /** How many visitors there are, each with its own session. */
  readonly visitors: number
  /** Resolves when `count` more visits have been served. */
  untilServed(count: number): Promise<void>
  /** Resolves when every current refresh token has been replaced. */
  untilAllRotated(): Promise<void>
  /** Resolves when a visit from now on is not served. */
  untilTurnedAway(): Promise<void>
  /**
   * Resolves when every visitor has been served by a visit that began after this call, with the most failed visits that
   * one visitor had before, and the milliseconds until the first visit was served.
   */
  untilEachServed(): Promise<{ inVain: number; firstAfterMs: number }>
  /** Stops all visitors after a last visit that is served. */
  end(): Promise<ConcurrentUsersReport>
}

const SESSIONS_EACH = 10

export async function openConcurrentUsers(
  server: AppServer,
  options: ConcurrentUsersOptions = {},
): Promise<ConcurrentUsers> {
  const { visitors: count = 20, everyMs = 150 } = options
  const accounts = await Promise.all(
    Array.from({ length: Math.ceil(count / SESSIONS_EACH) }, () => server.register()),
  )
  const visitors = Array.from({ length: count }, () => new Visitor(server.direct))
  await Promise.all(
    visitors.map((visitor, index) => visitor.signIn(accounts[index % accounts.length] as User)),
  )
  const visits: Visit[] = []
  const waiting = new Set<() => void>()
  let isOver = false

  const visit = async (visitor: Visitor) => {
    const from = performance.now()
    const outcome = await visitor.visit()
    visits.push({ visitor, from, till: performance.now(), outcome })
    for (const look of waiting) look()
    return outcome
  }
  const stay = async (visitor: Visitor, index: number) => {
    for (let turn = index; !isOver; turn++) {
      if (turn % 2 === 0) visitor.loseAccess()
      await visit(visitor)
      await pause(everyMs * (0.5 + Math.random()))
    }
    visitor.loseAccess()
    while (['unavailable', 'failed'].includes(await visit(visitor))) await pause(everyMs)
  }
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!holds()) return
        waiting.delete(look)
        resolve()
      }
      waiting.add(look)
      look()
    })
  const served = () => visits.filter(({ outcome }) => outcome === 'served')
  const stays = visitors.map(stay)

  return {
    accounts,
    visitors: count,
    async untilServed(more) {
      const enough = served().length + more
      await until(() => served().length >= enough)
    },
    async untilAllRotated() {
      const tokens = visitors.map(({ refreshToken }) => refreshToken)
      await until(() => visitors.every(({ refreshToken }, index) => refreshToken !== tokens[index]))
    },
    async untilTurnedAway() {
      const before = visits.length
      await until(() => visits.slice(before).some(({ outcome }) => outcome !== 'served'))
    },
    async untilEachServed() {
      const now = performance.now()
      const later = () => visits.filter(({ from }) => from > now)
      const servedOf = (one: Visitor) =>
        later().findIndex(({ visitor, outcome }) => visitor === one && outcome === 'served')
      await until(() => visitors.every((one) => servedOf(one) >= 0))
      const inVain = visitors.map(
        (one) =>
          later()
            .slice(0, servedOf(one))
            .filter(({ visitor }) => visitor === one).length,
      )
      const ends = later().flatMap(({ outcome, till }) => (outcome === 'served' ? [till] : []))
      return { inVain: Math.max(...inVain), firstAfterMs: Math.round(Math.min(...ends) - now) }
    },
    async end() {
      isOver = true
      await Promise.all(stays)
      const countOf = (outcome: Outcome) => visits.filter((one) => one.outcome === outcome).length
      return {
        visits: visits.length,
        served: countOf('served'),
        unavailable: countOf('unavailable'),
        failed: countOf('failed'),
        signedOut: countOf('signed out'),
        goneMs: Math.round(longestGap(served().map(({ till }) => till))),
      }
    },
  }
}

function longestGap(moments: readonly number[]): number {
  const sorted = moments.toSorted((a, b) => a - b)
  return Math.max(...sorted.map((moment, index) => moment - (sorted[index - 1] ?? moment)))
}
