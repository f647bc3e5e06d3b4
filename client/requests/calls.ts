import { ClientError } from '../errors'
import type { Abortable, Credentials } from '../options'
import type { Signal } from '../platform'
import type { Session, SessionChange } from '../session/session'
import type { Tabs } from '../session/tabs'
import type { TokenStore } from '../session/token-store'
import type { Clock } from '../time/clock'
import { CHANGE_ARRIVAL_MS, FREE_LOCK_MS } from '../time/timing'
import { pause } from '../time/wait'
import type { ClientContract, RefreshRequest } from './contract'
import type { Answer, Exchange } from './exchange'

/**
 * The three calls that change the session: refresh, sign-in and sign-out. Each takes its turn among the tabs, asks the server, and
 * publishes what the answer says. A refresh asks a second time if its token was stale.
 * @param exchange Sends one request to the server.
 * @param store Where the refresh token is kept, if script holds it.
 * @param applyChange Makes a change known in this tab alone.
 * @param inCookies True if the browser's cookie jar holds the refresh token.
 * @param holdsAccess True if script holds the access token.
 */
export function openCalls(
  clock: Clock,
  contract: ClientContract,
  exchange: Exchange,
  store: TokenStore,
  session: Session,
  tabs: Tabs,
  applyChange: (change: SessionChange) => void,
  inCookies: boolean,
  holdsAccess: boolean,
) {
  /** Aborts the refresh under way at a sign-in or sign-out: its late answer would overwrite their cookies. It is retried. */
  let refreshAbort: AbortController | undefined

  /** Makes a change known in every tab, and stores the refresh token that comes with it; null removes the stored one. */
  async function publish(change: SessionChange, refresh?: string | null): Promise<void> {
    // Begun first, so that the token is stored even if a listener throws.
    const saved = refresh === undefined || store.set(refresh)
    tabs.publish(change)
    await saved
  }

  /** Publishes what the answer to a request sent at `since` grants. Throws the answer if it grants nothing. */
  async function applyGrant(answer: Answer, since: number, login?: boolean): Promise<void> {
    const granted =
      answer.status === 200 && contract.grant(answer.body, answer.headers.get('set-cookie') ?? '')
    if (!granted) throw answer
    const ms = (granted.expiresIn as number) * 1000 + since - clock.now()
    await publish({ ms, access: holdsAccess && granted.access, login }, granted.refresh)
  }

  return {
    /**
     * Refreshes the session, unless it changed meanwhile.
     * @param isOutdated True if the session changed since this refresh was asked for.
     * @throws ClientError `unavailable`, `closed`: the session lives on.
     */
    refresh(isOutdated: () => boolean): Promise<void> {
      const from = clock.now()
      if (inCookies) refreshAbort = new AbortController()
      return tabs.withLock(async (signal) => {
        // Another tab had the lock, and its change may arrive later than the lock.
        if (!isOutdated() && clock.now() - from > FREE_LOCK_MS)
          await pause(clock, CHANGE_ARRIVAL_MS, signal)
        const token = await store.get()
        if (isOutdated()) return
        // This tab holds no token. It tells no other tab, as another tab may hold one.
        if (!token && !inCookies) return applyChange({ reason: null })
        const since = clock.now()
        const request = contract.ask(token)
        let answer = await exchange(request, signal)
        // The token was stale. The cookie jar may hold a newer one by now.
        if (answer.status === 409) answer = await exchange(request, signal)
        if (isOutdated()) return
        const reason = contract.refusal(answer.status, answer.body)
        if (!reason) return applyGrant(answer, since)
        // `unknown` is a status and a reason. If it is both here, the jar was not known to hold a session, and the server knows of none:
        // no session has ended, so there is no reason to tell.
        return publish(
          { reason: inCookies && session.get().status === reason ? null : reason },
          null,
        )
      }, refreshAbort?.signal)
    },

    /** Signs in. @throws ClientError `invalid_credentials`, `unavailable`, `closed`; the reason of the given signal. */
    async login(credentials: Credentials, { signal: given }: Abortable = {}): Promise<void> {
      refreshAbort?.abort()
      const body = JSON.stringify(credentials)
      await tabs.withLock(async (signal) => {
        const since = clock.now()
        const answer = await exchange(
          { path: contract.login, headers: { 'content-type': 'application/json' }, body },
          signal,
        )
        if (answer.status === 401) throw new ClientError('invalid_credentials')
        await applyGrant(answer, since, true)
      }, given)
    },

    /**
     * Ends the session, unless another one began or ended meanwhile.
     * @param isOutdated True if a session began or ended since this sign-out was asked for.
     * @throws ClientError `unavailable`, `closed`: the session lives on; the reason of the given signal.
     */
    logout(isOutdated: () => boolean, given?: Signal | null): Promise<void> {
      refreshAbort?.abort()
      return tabs.withLock(async (signal) => {
        // A contract with cookies stores `name=token`.
        const token = (await store.get())?.replace(/.*=/, '')
        const headers: RefreshRequest['headers'] = token ? { authorization: `Bearer ${token}` } : {}
        if (isOutdated()) return
        const answer = await exchange({ path: '/api/auth/logout', headers }, signal)
        if (isOutdated()) return
        if (answer.status !== 204) throw answer
        await publish({ reason: 'signed_out' }, null)
      }, given)
    },
  }
}
