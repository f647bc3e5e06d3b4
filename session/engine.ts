import { isAnothers } from './client-binding'
import { SessionError } from './errors'
import { eventOf } from './event'
import { createGrants, type Grant } from './grant'
import { createRefresh, type Refreshed, type RefreshParts, type RefreshRequest } from './refresh'
import { decide, endedCode } from './rotation'
import type { ClientInfo, EndReason, ProvenUser, Session, SessionMove } from './session'
import type { EpochMs } from './time'
import { type AccessClaims, OWN_CLIENT_ID } from './tokens/access-token'
import type { RefreshClaims } from './tokens/refresh-token'

const MAX_LIVE_SESSIONS = 100
const FIRST = { generation: 0, branch: 0 }

export interface SessionPolicy {
  readonly graceMs: number
  /** How long a session lives unused; slides with every rotation. */
  readonly idleMs: number
  /** How long a session lives at most. */
  readonly sessionMs: number
}

export interface StartOptions {
  /**
   * Whether the client keeps one refresh token for the session's life, as its contract has no place for another. Nothing
   * would slide its idle expiry, so it has none before the absolute one.
   */
  readonly keepsToken?: boolean
  /**
   * What the jar calls its attempt to sign in. Two that are made at once, as by two tabs or a form that was sent twice, start one
   * session: if they started two, the answer that came last would decide which one the jar holds, and the other would stay.
   */
  readonly attempt?: string | null
}

/** What must be known of a session to move it. */
export interface MovableSession extends Pick<Session, 'userId' | 'idleExpiresAt' | 'expiresAt'> {
  readonly sessionId: string
}

/** A token that is active (RFC 7662 §2.2), and the session that vouches for it. */
export type ActiveToken =
  | { readonly kind: 'access'; readonly claims: AccessClaims; readonly session: Session }
  | { readonly kind: 'refresh'; readonly claims: RefreshClaims; readonly session: Session }

/** A session that a token names, and whose it is. */
export interface NamedSession {
  readonly sessionId: string
  readonly userId: string
}

export interface Engine {
  /**
   * Signs a user in on this device, and ends the session of the first refresh token in `replaces` that verifies. Returns null,
   * and changes nothing, if the user is gone or disabled by now, or has another password than the one that was compared.
   */
  start(
    user: ProvenUser,
    client: ClientInfo,
    replaces: readonly string[],
    options?: StartOptions,
  ): Promise<Grant | null>
  /**
   * Moves a session to a new id, so that every token of it, in whichever copy, is refused from then on. `write` does so in
   * the database, together with what makes it necessary. The tokens of the new session, or null where `write` says that
   * there was nothing left to move.
   */
  move(
    session: MovableSession,
    write: (move: SessionMove, now: EpochMs) => Promise<boolean>,
  ): Promise<Grant | null>
  /**
   * New tokens for a refresh token, as `decide` has it.
   * @throws SessionError with the true reason of a refusal; `unavailable` if a race was lost three times over.
   */
  refresh(request: RefreshRequest): Promise<Refreshed>
  /**
   * The live session of an access token: the authority wherever data is read. One statement, read only.
   * The token is judged as of `waitedMs` ago, when it was presented, the session as of now.
   */
  check(
    accessToken: string,
    waitedMs?: number,
  ): Promise<{ session: Session; accessExpiresAt: EpochMs }>
  /** What is known of a token of either kind, or null where it is not, or no longer, good for anything (RFC 7662). */
  introspect(token: string): Promise<ActiveToken | null>
  /**
   * Revokes a token (RFC 7009): a refresh token with its session, an access token alone. Any other token is ignored.
   * @throws SessionError `token_of_another_client` where another than the registered client `oauthClientId` owns it (§2.1).
   */
  revoke(token: string, by: ClientInfo, oauthClientId?: string | null): Promise<void>
  /**
   * The sessions that these tokens name: what sign-out ends. A refresh token names its session also once it expired or was
   * replaced. An access token, looked at where no refresh token names one, is no authority to end anything once it expired or
   * was revoked.
   */
  identify(tokens: {
    readonly refresh: readonly string[]
    readonly access: readonly string[]
  }): Promise<NamedSession[]>
  /** Notes that the user proved the password in this session just now. False if it has ended. */
  prove(id: string): Promise<boolean>
  /** Ends one session, of this user where one is named. False if there was nothing left to end. */
  end(id: string, reason: EndReason, by: ClientInfo, userId?: string): Promise<boolean>
  /** Ends every session of the user but `keep`, or all of them where `keep` is null. Returns how many ended. */
  endOthers(userId: string, keep: string | null, by: ClientInfo): Promise<number>
  list(userId: string): Promise<Session[]>
}

export function createEngine(parts: RefreshParts & { readonly policy: SessionPolicy }): Engine {
  const { store, access, refresh, policy, clock } = parts
  const grant = createGrants(access, refresh)

  const check: Engine['check'] = async (accessToken, waitedMs = 0) => {
    const now = clock()
    const verdict = await access.verify(accessToken, now - waitedMs)
    if (verdict.status === 'invalid') throw new SessionError('invalid_access_token')
    if (verdict.status === 'expired') throw new SessionError('access_token_expired')
    const session = await sessionOf(verdict.claims)
    const dead = endedCode(session, now)
    if (dead) throw new SessionError(dead)
    return { session, accessExpiresAt: verdict.claims.expiresAt }
  }

  async function sessionOf({ sessionId, userId, tokenId }: AccessClaims): Promise<Session> {
    const found = await store.findFor(sessionId, tokenId)
    if (!found || found.session.userId !== userId) throw new SessionError('session_unknown')
    if (found.retired) throw new SessionError('invalid_access_token')
    return found.session
  }

  /** What refresh tokens of ours name, were they expired or replaced. */
  async function namedBy(tokens: readonly string[], now: EpochMs): Promise<RefreshClaims[]> {
    const named: RefreshClaims[] = []
    for (const token of tokens) {
      const verdict = await refresh.verify(token, now)
      if (verdict.status !== 'invalid') named.push(verdict.claims)
    }
    return named
  }

  const end: Engine['end'] = async (id, reason, by, userId) => {
    const session = await store.find(id)
    if (!session) return false
    const event = eventOf(session, session, by, clock())('ended', reason)
    return store.end(id, reason, event, userId === undefined ? {} : { userId })
  }

  return {
    async start(user, client, replaces, { keepsToken = false, attempt = null } = {}) {
      const now = clock()
      const [replaced] = await namedBy(replaces, now)
      const expiresAt = now + policy.sessionMs
      const idleExpiresAt = keepsToken ? expiresAt : Math.min(now + policy.idleMs, expiresAt)
      const times = { createdAt: now, idleExpiresAt, expiresAt }
      const create = (id: string) =>
        store.create(
          { id, userId: user.id, passwordHash: user.passwordHash, ...times, ...client },
          { replaces: replaced?.sessionId ?? null, maxLive: MAX_LIVE_SESSIONS },
        )
      if (attempt !== null) {
        const id = await idOfAttempt(attempt, user.id)
        if (!(await create(id))) return null
        // Another attempt may have come first, and its session may have ended or moved on since.
        const session = await store.find(id)
        if (session && isJustStarted(session, now)) {
          return grant(session, now, { position: FIRST, idleExpiresAt: session.idleExpiresAt })
        }
      }
      const id = randomId()
      if (!(await create(id))) return null
      return grant({ id, userId: user.id, ...times }, now, { position: FIRST, idleExpiresAt })
    },

    async move({ sessionId: from, userId, idleExpiresAt: idleEnd, expiresAt }, write) {
      const now = clock()
      // A client that keeps one token has no idle end before the absolute one.
      const idleExpiresAt =
        idleEnd === expiresAt ? expiresAt : Math.min(now + policy.idleMs, expiresAt)
      const to = randomId()
      if (!(await write({ from, to, idleExpiresAt }, now))) return null
      return grant({ id: to, userId, idleExpiresAt }, now, { position: FIRST, idleExpiresAt })
    },

    refresh: createRefresh(parts, grant),
    check,

    async introspect(token) {
      const now = clock()
      const ofAccess = await access.verify(token, now)
      if (ofAccess.status !== 'invalid') {
        const { claims, status } = ofAccess
        const found =
          status === 'good' ? await store.findFor(claims.sessionId, claims.tokenId) : null
        if (!found || found.retired || found.session.userId !== claims.userId) return null
        return endedCode(found.session, now)
          ? null
          : { kind: 'access', claims, session: found.session }
      }
      const ofRefresh = await refresh.verify(token, now)
      if (ofRefresh.status !== 'good') return null
      const { claims } = ofRefresh
      const session = await store.find(claims.sessionId)
      if (session?.userId !== claims.userId) return null
      // What a caller that takes nothing but an access token would get: asking changes nothing.
      const caller = { accessOnly: true, jar: false, challenge: null }
      const decision = decide(session, claims, now, caller, policy.graceMs)
      return decision.kind === 'renew' ? { kind: 'refresh', claims, session } : null
    },

    async revoke(token, by, oauthClientId = null) {
      const now = clock()
      const mustOwn = (owner: string | null) => {
        if (isAnothers(owner, oauthClientId)) throw new SessionError('token_of_another_client')
      }
      const ofRefresh = await refresh.verify(token, now)
      if (ofRefresh.status !== 'invalid') {
        const session = await store.find(ofRefresh.claims.sessionId)
        if (!session) return
        mustOwn(session.oauthClientId)
        const event = eventOf(session, session, by, now)('ended', 'signed_out')
        await store.end(session.id, 'signed_out', event)
        return
      }
      const ofAccess = await access.verify(token, now)
      if (ofAccess.status !== 'good') return
      const { tokenId, clientId, expiresAt } = ofAccess.claims
      mustOwn(clientId === OWN_CLIENT_ID ? null : clientId)
      await store.retire(tokenId, expiresAt)
    },

    async identify(tokens) {
      const now = clock()
      const named: NamedSession[] = await namedBy(tokens.refresh, now)
      if (named.length > 0) return named
      for (const token of tokens.access) {
        const verdict = await access.verify(token, now)
        if (verdict.status !== 'good') continue
        const { sessionId, userId, tokenId } = verdict.claims
        const found = await store.findFor(sessionId, tokenId)
        if (found && !found.retired) named.push({ sessionId, userId })
      }
      return named
    },

    prove: (id) => store.prove(id, clock()),

    end,

    endOthers: (userId, keep, by) =>
      store.endAll(userId, 'ended_elsewhere', clock(), { ...by, except: keep }),

    list: (userId) => store.list(userId, clock()),
  }
}

/** For how long attempts of one name are made at once. */
const AT_ONCE_MS = 60_000

function isJustStarted(session: Session, now: EpochMs): boolean {
  return (
    endedCode(session, now) === null &&
    session.generation === FIRST.generation &&
    session.branch === FIRST.branch &&
    now - session.createdAt < AT_ONCE_MS
  )
}

/** The same for the same attempt of the same user, and as little to be guessed as the attempt is. */
async function idOfAttempt(attempt: string, userId: string): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([attempt, userId]))
  return idOf(new Uint8Array(await crypto.subtle.digest('SHA-256', text)).subarray(0, 16))
}

function randomId(): string {
  return idOf(crypto.getRandomValues(new Uint8Array(16)))
}

function idOf(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
