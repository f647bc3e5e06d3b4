import { cookieJson } from './contracts/cookie-json'
import { ClientError } from './errors'
import type { Client, ClientOptions } from './options'
import { globals, type Signal } from './platform'
import { createFetch } from './requests/authorized-fetch'
import { openCalls } from './requests/calls'
import { openExchange } from './requests/exchange'
import { type SessionChange, trackSession } from './session/session'
import { openTabs } from './session/tabs'
import { openTokenStore } from './session/token-store'
import { systemClock } from './time/clock'
import { openRetry } from './time/retry'
import { openTimeout } from './time/time-limit'
import { SLOW_MS } from './time/timing'
import { unlessAborted } from './time/wait'

export { ClientError, type ClientErrorCode, type SignOutReason } from './errors'
export type { Client, ClientOptions } from './options'
export type { Fetch } from './platform'
export type { ClientContract } from './requests/contract'
export type { ObservableSession, SessionSnapshot } from './session/session'
export { memoryStorage, type TokenStorage } from './session/storage'
export type { Clock } from './time/clock'

/**
 * Creates a client that keeps one session alive. Concurrent callers share one refresh; tabs take turns. Only the server's own word
 * ends the session.
 *
 * What has to be read together is one closure: which refresh runs, which timer waits, and which requests a change makes outdated.
 * A minifier shortens its variables, and would not shorten the properties of an object: the package is limited to 3,072 bytes.
 */
export function createClient({
  // Undefined while a server renders a page. The client can be created there, and sends nothing.
  origin = globals.location?.origin as string,
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
  const inCookies =
    !storage && ((mode ? mode === 'cookie' : contract.jar && globals.document) as boolean)
  /** True if script holds the access token, so that a request needs one from here. */
  const holdsAccess = !inCookies || contract.jar === 'refresh'
  const closing = new AbortController()
  const { signal: closed } = closing
  const session = trackSession(clock, refreshBeforeMs)
  const retry = openRetry(clock, closed, patienceMs)
  const place = inCookies ? origin : storage?.sharedAs
  const withTimeout = openTimeout(clock, timeoutMs, closed)
  const tabs = openTabs(place, withTimeout, applyChange)
  const calls = openCalls(
    clock,
    contract,
    openExchange(origin, send, inCookies ? 'include' : 'omit'),
    openTokenStore(storage),
    session,
    tabs,
    applyChange,
    inCookies,
    holdsAccess,
  )

  // State: one refresh, one timer, one access token, and the order of changes.

  let refreshing: Promise<void> | undefined
  /** Resolves when a caller with a usable token need not wait for the refresh any longer: it is slow, it failed, or a change came. */
  let mayProceed: Promise<void> | undefined
  let proceed: (() => void) | undefined
  let cancelTimer: (() => void) | undefined
  let access: SessionChange['access']
  /** Counts the changes, from 1. An answer to what was asked at an earlier version is outdated. */
  let version = 1
  /** The version at which the latest session began or ended. What was asked before it belongs to another session. */
  let boundary = 1

  /** Takes over a change, from a call of this client or from another tab. Throws what a listener of the session throws. */
  function applyChange(change: SessionChange): void {
    version++
    proceed?.()
    access = change.access
    if (change.login || change.reason) boundary = version
    session.apply(change)
    schedule()
  }

  // Schedule: the refresh ahead of time.

  /** Refreshes now if that is due, or sets the timer. A hidden tab has no timer, nor has a closed client or an unknown expiry. */
  function schedule(): void {
    cancelTimer?.()
    if (waitMs() < Infinity && proactive && !globals.document?.hidden && !closed.aborted) {
      if (isDue()) refresh()
      else cancelTimer = clock.after(waitMs(), schedule, true)
    }
  }

  function wake(): void {
    session.wake()
    schedule()
  }
  // The tab is shown or hidden; the network returns.
  for (const type of ['visibilitychange', 'online']) {
    globals.addEventListener?.(type, wake, { signal: closed })
  }

  // Refresh: concurrent callers share one.

  /** True if a request can go with the token at hand. */
  const isUsable = () => session.get().remainingMs !== 0 && (!holdsAccess || access)

  /** How long until a refresh is both due and allowed, in milliseconds; NaN if the expiry is not known. */
  const waitMs = () => Math.max(session.dueMs(), retry.remainingMs())

  const isDue = () => session.get().status !== 'signed-out' && (!isUsable() || waitMs() <= 0)

  /** Starts a refresh if none is running. Its promise rejects if the server gave no final answer within the patience. */
  function refresh(): void {
    const seen = version
    const attempt = () =>
      calls
        .refresh(() => version !== seen)
        .finally(clock.after(SLOW_MS, proceed as () => void, true))
    if (!refreshing) {
      mayProceed = new Promise((resolve) => {
        proceed = resolve
      })
      refreshing = retry.run(attempt, proceed).finally(() => {
        refreshing = undefined
        if (isUsable()) schedule()
      })
    }
    // A refresh ahead of time has no caller to report to.
    refreshing.catch(() => {})
  }

  /**
   * Resolves when a request may go, with the version that it goes with.
   * @param refused The version of a request that was answered 401: it needs a newer token.
   * @throws ClientError `signed_out`, `unavailable`, `closed`; the reason of `signal`.
   */
  async function ensureFresh(signal?: Signal | null, refused?: number): Promise<number> {
    const asked = refused || version
    if (closed.aborted) throw new ClientError('closed')
    const mustRenew = refused === version
    if (mustRenew || isDue()) refresh()
    if (!refreshing) {
      if (!refused) return version
    } else {
      const mustWait = !isUsable() || mustRenew
      await unlessAborted(mustWait ? refreshing : Promise.race([refreshing, mayProceed]), signal)
    }
    const { status, reason } = session.get()
    // A first request goes even if there never was a session: its path may be public.
    if (asked < boundary || (status === 'signed-out' && (reason || refused))) {
      throw new ClientError('signed_out', { reason })
    }
    return version
  }

  // Public surface: `Client` documents each member.

  return {
    fetch: createFetch(
      origin,
      send,
      inCookies && { credentials: 'include' },
      ensureFresh,
      () => access,
    ),
    session,
    login: calls.login,

    async refresh({ signal } = {}) {
      await ensureFresh(signal, version)
    },

    async logout({ signal } = {}) {
      const asked = boundary
      // Not the refresh's `retry`: how long the server wants no refresh does not delay a sign-out.
      await unlessAborted(
        openRetry(clock, closed, patienceMs, signal).run(() =>
          calls.logout(() => boundary !== asked, signal),
        ),
        signal,
      )
    },

    adopt: (ms) => applyChange({ ms, access }),

    on: (_event, listener) =>
      session.subscribe(() => {
        const { reason } = session.get()
        if (reason) listener({ reason })
      }),

    wake,

    close() {
      closing.abort(new ClientError('closed'))
      tabs.close()
      // Cancels the timer, and sets none.
      schedule()
    },
  }
}
