import { systemClock } from './clock'
import type { RefreshRequest } from './contract'
import { cookieJson } from './contracts/cookie-json'
import { ClientError } from './errors'
import { type Answer, openExchange } from './exchange'
import { openLimit } from './limit'
import type { Client, ClientOptions } from './options'
import { openPatience } from './patience'
import { type Signal, scope } from './platform'
import { createFetch } from './request'
import { openSession } from './session'
import { type News, openTabs } from './tabs'
import { NEWS_MS, SLOW_MS, SOON_MS } from './timing'
import { openTokenStore } from './token-store'
import { pause, unlessAborted } from './wait'

export type { Clock } from './clock'
export type { ClientContract } from './contract'
export { ClientError, type ClientErrorCode, type SignOutReason } from './errors'
export type { Client, ClientOptions } from './options'
export type { Fetch } from './platform'
export type { ObservableSession, SessionSnapshot } from './session'
export { memoryStorage, type TokenStorage } from './storage'

/**
 * The program's side of a session: renewed before it is needed, and given up by the server's word alone. Who needs it renewed
 * shares one flight with every other caller, and takes turns with other tabs.
 */
export function createClient({
  // Where there is no page, nothing can be asked: a client may be made, while a page is rendered.
  origin = scope.location?.origin as string,
  contract = cookieJson,
  storage,
  clock = systemClock,
  proactive = true,
  refreshBeforeMs = 3_600_000,
  timeoutMs = 10_000,
  fetch: send = (input: Parameters<typeof fetch>[0], init) => fetch(input, init),
  mode,
  patienceMs = 30_000,
}: ClientOptions = {}): Client {
  const inJar = !storage && (mode ? mode === 'cookie' : contract.jar && scope.document)
  const keepsAccess = !inJar || contract.jar === 'refresh'
  const closing = new AbortController()
  const closed = closing.signal
  const limited = openLimit(clock, timeoutMs, closed)
  const exchange = openExchange(origin, send, inJar ? 'include' : 'omit')
  const store = openTokenStore(storage)
  const session = openSession(clock, refreshBeforeMs)
  const errand = openPatience(clock, closed, patienceMs)
  const place = inJar ? origin : storage?.sharedAs
  const tabs = openTabs(place ? scope : {}, `refresh ${place}`, limited, hear)
  // A person comes back to the tab, or leaves it; the network returns.
  for (const type of ['visibilitychange', 'online']) {
    scope.addEventListener?.(type, wake, { signal: closed })
  }

  let access: News['access']
  /** Counts the news of the session: what was asked before the latest is not news. */
  let version = 0
  /** The version at which the latest session began or ended: what was asked before is nobody else's. */
  let turnedAt = 0
  let flight: Promise<void> | undefined
  /** Over as soon as the flight is in trouble, or there is news without it: who has a token that serves need not wait. */
  let eased: Promise<void> | undefined
  let ease: (() => void) | undefined
  /** Aborts a refresh under way, for who signs in or out: its late answer would overwrite their cookies. It is tried again. */
  let turn: AbortController | undefined
  let cancelTimer: (() => void) | undefined

  function hear(news: News): void {
    version++
    ease?.()
    access = news.access
    if (news.login || news.reason) turnedAt = version
    if ('ms' in news) session.grant(news.ms)
    else session.end(news.reason)
    attend()
  }

  /** Makes news known, and stores the refresh token that comes with it; null where none is left. */
  async function announce(news: News, refresh?: string | null): Promise<void> {
    // Whatever a listener does: it is stored.
    const saved = refresh === undefined || store.set(refresh)
    tabs.tell(news)
    hear(news)
    await saved
  }

  /** Takes over what an answer grants to who asked at `since`. @throws ClientError `unavailable` where that is nothing. */
  async function accept(answer: Answer, since: number, login?: boolean): Promise<void> {
    const granted =
      answer.status === 200 && contract.grant(answer.body, answer.headers.get('set-cookie') ?? '')
    if (!granted) throw answer
    const ms = (granted.expiresIn as number) * 1000 + since - clock.now()
    await announce({ ms, access: keepsAccess && granted.access, login }, granted.refresh)
  }

  function renew(): Promise<void> {
    const seen = version
    const attempt = () => {
      const from = clock.now()
      if (inJar) turn = new AbortController()
      return tabs
        .alone(async (signal) => {
          // Another tab's turn may be over before its news is here.
          if (version === seen && clock.now() - from > SOON_MS) await pause(clock, NEWS_MS, signal)
          const refresh = await store.get()
          if (version !== seen) return
          // Nothing is held here; what others hold is theirs.
          if (!refresh && !inJar) return hear({ reason: null })
          const request = contract.ask(refresh)
          const since = clock.now()
          let answer = await exchange(request, signal)
          // What the jar holds by now may be newer.
          if (answer.status === 409) answer = await exchange(request, signal)
          if (version !== seen) return
          const reason = contract.refusal(answer.status, answer.body)
          // A jar that was never known to hold a session, and a server that knows of none: there was none.
          const isVisitor = inJar && session.get().status === reason
          if (reason) return announce({ reason: isVisitor ? null : reason }, null)
          await accept(answer, since)
        }, turn?.signal)
        .finally(clock.after(SLOW_MS, ease as () => void, true))
    }
    eased = new Promise((resolve) => {
      ease = resolve
    })
    return errand.insist(attempt, ease).finally(() => {
      flight = undefined
      if (serves()) attend()
    })
  }

  /** The one flight, begun where there is none. Rejects where nobody could say what becomes of the session. */
  function refresh(): void {
    flight ??= renew()
    flight.catch(() => {})
  }

  const serves = () => session.get().remainingMs !== 0 && (!keepsAccess || access)

  /** How long until it is time to renew and makes sense to ask; negative where it is, NaN where nobody knows. */
  const waitMs = () => Math.max(session.dueMs(), errand.remainingMs())

  /** Whether the next request should rather come with a new token. */
  const isDue = () => session.get().status !== 'signed-out' && (!serves() || waitMs() <= 0)

  /**
   * Until a request may go: at once, or when the flight is over, or in trouble while the old token still serves. `refused` is
   * the version whose token was answered 401. Returns the version that the request goes with.
   * @throws ClientError `signed_out`, `unavailable`, `closed`.
   */
  async function ready(signal?: Signal | null, refused?: number): Promise<number> {
    const asked = refused ?? version
    if (closed.aborted) throw new ClientError('closed')
    const mustRenew = refused === version
    if (mustRenew || isDue()) refresh()
    if (!flight) {
      if (refused == null) return version
    } else {
      const mayEase = !mustRenew && serves()
      await unlessAborted(mayEase ? Promise.race([flight, eased]) : flight, signal)
    }
    const { status, reason } = session.get()
    // Where there never was a session, a request goes without.
    if (asked < turnedAt || (status === 'signed-out' && (reason || refused != null))) {
      throw new ClientError('signed_out', { reason })
    }
    return version
  }

  /** Refreshes now or when it is time, where somebody is looking. */
  function attend(): void {
    cancelTimer?.()
    // Not where nobody knows when.
    if (waitMs() < Infinity && proactive && !scope.document?.hidden && !closed.aborted) {
      if (isDue()) refresh()
      else cancelTimer = clock.after(waitMs(), attend, true)
    }
  }

  function wake(): void {
    session.wake()
    attend()
  }

  return {
    fetch: createFetch(origin, send, inJar ? { credentials: 'include' } : {}, ready, () => access),
    session,

    async login(credentials, { signal } = {}) {
      turn?.abort()
      const body = JSON.stringify(credentials)
      const headers = { 'content-type': 'application/json' }
      await tabs.alone(async (cut) => {
        const since = clock.now()
        const answer = await exchange({ path: contract.login, headers, body }, cut)
        if (answer.status === 401) throw new ClientError('invalid_credentials')
        await accept(answer, since, true)
      }, signal)
    },

    async refresh({ signal } = {}) {
      await ready(signal, version)
    },

    async logout({ signal } = {}) {
      const since = turnedAt
      const tell = () => {
        turn?.abort()
        return tabs.alone(async (cut) => {
          // A cookie is kept with its name.
          const token = (await store.get())?.replace(/.*=/, '')
          const headers: RefreshRequest['headers'] = token
            ? { authorization: `Bearer ${token}` }
            : {}
          // It is over already, or somebody signed in meanwhile, who stays.
          if (turnedAt !== since) return
          const answer = await exchange({ path: '/api/auth/logout', headers }, cut)
          if (turnedAt !== since) return
          if (answer.status !== 204) throw answer
          await announce({ reason: 'signed_out' }, null)
        }, signal)
      }
      await unlessAborted(openPatience(clock, closed, patienceMs, signal).insist(tell), signal)
    },

    adopt: (ms) => hear({ ms, access }),

    on: (_event, listener) =>
      session.subscribe(() => {
        const { reason } = session.get()
        if (reason) listener({ reason })
      }),

    wake,
    close() {
      closing.abort(new ClientError('closed'))
      cancelTimer?.()
      tabs.close()
    },
  }
}
