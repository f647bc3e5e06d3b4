import { systemClock } from './clock'
import { cookieJson } from './contracts/cookie-json'
import { ClientError, type SignOutReason } from './errors'
import { type Answer, openExchange, unavailable } from './exchange'
import type { Client, ClientOptions } from './options'
import { openPatience } from './patience'
import { type Signal, scope } from './platform'
import { createFetch } from './request'
import { openSession } from './session'
import { type News, openTabs } from './tabs'
import { openTokenStore } from './token-store'
import { pause, unlessAborted } from './wait'
import { onAttention } from './wake'

export type { Clock } from './clock'
export type { ClientContract } from './contract'
export { ClientError, type ClientErrorCode, type SignOutReason } from './errors'
export type { Client, ClientOptions } from './options'
export type { Fetch } from './platform'
export type { ObservableSession, SessionSnapshot } from './session'
export { memoryStorage, type TokenStorage } from './storage'

/** How long a lock takes that nobody has. */
const SOON_MS = 5
/** How long the news of a tab may take to reach another that waited for its lock. */
const NEWS_MS = 100

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
  fetch: send = (...parameters: Parameters<typeof fetch>) => fetch(...parameters),
  mode = contract.jar && scope.document && !storage ? 'cookie' : 'token',
  patienceMs = 30_000,
}: ClientOptions = {}): Client {
  const inJar = mode === 'cookie'
  const keepsAccess = !inJar || contract.jar === 'refresh'
  const closing = new AbortController()
  const closed = closing.signal
  const exchange = openExchange(origin, clock, send, timeoutMs, inJar ? 'include' : 'omit', closed)
  const store = openTokenStore(inJar ? undefined : storage)
  const session = openSession(clock, refreshBeforeMs)
  const errand = openPatience(clock, closed, patienceMs)
  const place = inJar ? origin : storage?.sharedAs
  const tabs = openTabs(place ? scope : {}, `rekindle ${place}`, timeoutMs, hear)
  onAttention(wake, closed)

  let access: string | undefined
  /** Counts the news of the session: what was asked before the latest is not news. */
  let version = 0
  /** The version at which the latest session ended: what was asked before is nobody else's. */
  let endedAt = 0
  let flight: Promise<void> | undefined
  /** Over as soon as the flight is in trouble, or there is news without it: who has a token that serves need not wait. */
  let eased: Promise<void> | undefined
  let ease = () => {}
  let cancelTimer = () => {}

  function hear(news: News): void {
    version++
    ease()
    access = news.access
    if ('reason' in news) {
      endedAt = version
      session.end(news.reason)
    } else session.grant(news.ms)
    attend()
  }

  function announce(news: News): void {
    tabs.tell(news)
    hear(news)
  }

  async function end(reason: SignOutReason | null): Promise<void> {
    // Whatever a listener does: nothing of it is left.
    const saved = store.set(null)
    announce({ reason })
    await saved
  }

  /** Takes over what an answer grants to who asked at `since`. @throws ClientError `unavailable` where that is nothing. */
  async function accept(answer: Answer, since: number): Promise<void> {
    const { response, body } = answer
    const granted = response.ok && contract.grant(body, response.headers.get('set-cookie') ?? '')
    if (!granted) throw unavailable(answer)
    const { expiresIn, refresh } = granted
    const mine = ++version
    if (refresh) await store.set(refresh)
    // Somebody signed out meanwhile.
    if (version !== mine) return
    const access = keepsAccess ? granted.access : undefined
    announce({ ms: Number(expiresIn) * 1000 + since - clock.now(), access })
  }

  function renew(): Promise<void> {
    const seen = version
    const attempt = async () => {
      const refresh = await store.get()
      if (version !== seen || closed.aborted) return
      // Nothing is held here; what others hold is theirs.
      if (!inJar && refresh === null) return hear({ reason: null })
      const request = contract.ask(refresh)
      const since = clock.now()
      let answer = await exchange(request)
      // What the jar holds by now may be newer.
      if (answer.response.status === 409) answer = await exchange(request)
      if (version !== seen) return
      const reason = contract.refusal(answer.response.status, answer.body)
      if (reason) return end(reason)
      await accept(answer, since)
    }
    const from = clock.now()
    return tabs.alone(async () => {
      // Another tab had the lock, which may pass before the news does.
      if (version === seen && clock.now() - from > SOON_MS) await pause(clock, NEWS_MS, closed)
      return errand.insist(attempt, () => ease())
    })
  }

  /** The one flight, begun where there is none. Rejects where nobody could say what becomes of the session. */
  function refresh(): Promise<void> {
    if (!flight) {
      eased = new Promise((resolve) => {
        ease = resolve
      })
      flight = unlessAborted(renew(), closed).finally(() => {
        flight = undefined
        if (serves()) attend()
      })
      flight.catch(ease)
    }
    return flight
  }

  const serves = () => session.get().remainingMs !== 0 && (!keepsAccess || access)

  /** Whether the next request should rather come with a new token. */
  function isDue(): boolean {
    const dueMs = session.dueInMs()
    return dueMs === null
      ? session.get().status !== 'signed-out' && !serves()
      : dueMs <= 0 && (errand.waitMs() <= 0 || !serves())
  }

  /**
   * Until a request may go: at once, or when the flight is over, or in trouble while the old token still serves. `refused` is
   * the version whose token was answered 401, and none where it is higher than any can be. Returns the version that the request goes with.
   * @throws ClientError `signed_out`, `unavailable`, `closed`.
   */
  async function ready(signal?: Signal | null, refused = 1e9): Promise<number> {
    if (closed.aborted) throw new ClientError('closed')
    const mustRenew = refused === version
    if (mustRenew || isDue()) void refresh()
    if (!flight) {
      if (refused > version) return version
    } else {
      const mayEase = !mustRenew && serves()
      await unlessAborted(mayEase ? Promise.race([flight, eased]) : flight, signal)
    }
    const { status, reason } = session.get()
    // Where there never was a session, a request goes without.
    if (refused < endedAt || (status === 'signed-out' && (reason || refused <= version))) {
      throw new ClientError('signed_out', { reason })
    }
    return version
  }

  /** Refreshes now or when it is time, where somebody is looking. */
  function attend(): void {
    cancelTimer()
    const dueMs = session.dueInMs()
    if (dueMs === null || !proactive || scope.document?.hidden || closed.aborted) return
    if (isDue()) void refresh()
    else cancelTimer = clock.after(Math.max(dueMs, errand.waitMs()), attend, true)
  }

  function wake(): void {
    session.wake()
    attend()
  }

  return {
    fetch: createFetch(origin, send, inJar, ready, () => access),
    session,

    async login(credentials, { signal } = {}) {
      const since = clock.now()
      const request = {
        path: contract.loginPath,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(credentials),
      } as const
      const answer = await unlessAborted(exchange(request), signal)
      if (answer.response.status === 401) throw new ClientError('invalid_credentials')
      await accept(answer, since)
    },

    async refresh({ signal } = {}) {
      await ready(signal, version)
    },

    async logout({ signal } = {}) {
      // A cookie is kept with its name.
      const token = (await store.get())?.replace(/^[\w-]+=/, '')
      const request = {
        path: '/api/auth/logout',
        method: 'POST',
        headers: (token ? { authorization: `Bearer ${token}` } : {}) as Record<string, string>,
      } as const
      const tell = async () => {
        if (signal?.aborted) return
        const answer = await exchange(request)
        if (!answer.response.ok) throw unavailable(answer)
      }
      await unlessAborted(errand.insist(tell), signal)
      await end('signed_out')
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
      cancelTimer()
      tabs.close()
    },
  }
}
