import type { AccessToken, AccessTokens } from './access-token'
import type { Challenges } from './challenge'
import { SessionError } from './errors'
import type { RefreshClaims, RefreshToken, RefreshTokens } from './refresh-token'
import { type Challenge, decide, type NextPosition, whyDead } from './rotation'
import type { Client, EndReason, EpochMs, NewSessionEvent, Session, SessionStore } from './store'

/** How often a refresh that lost a race reads and decides again before it answers 503. */
const MAX_TRIES = 3
/** A repeated replay or challenge is one event a minute, however many requests make it. */
const EVENT_QUIET_MS = 60_000
const MAX_LIVE_SESSIONS = 100

export interface SessionPolicy {
  readonly graceMs: number
  /** How long a session lives unused; slides with every rotation. */
  readonly idleMs: number
  /** How long a session lives at most. */
  readonly sessionMs: number
}

/** What a sign-in or a refresh hands out. A refresh token only where one was minted. */
export interface Grant {
  readonly sessionId: string
  readonly userId: string
  readonly access: { readonly token: AccessToken; readonly expiresInSeconds: number }
  readonly refresh: { readonly token: RefreshToken; readonly expiresInSeconds: number } | null
}

/** How a refresh is asked for. */
export interface RefreshRequest {
  readonly token: string
  readonly accessOnly: boolean
  readonly jar: boolean
  /** The signed challenge that the caller brings, or null. */
  readonly challenge: string | null
  readonly client: Client
  /** When the request reached us, where that was earlier than now: its age is counted from then. */
  readonly receivedAt?: EpochMs | undefined
}

export interface Engine {
  /** Signs a user in on this device, and ends the session whose refresh token `replaces` is. */
  start(userId: string, client: Client, replaces: string | null): Promise<Grant>
  /**
   * New tokens for a refresh token, as `decide` has it.
   * @throws SessionError with the true reason of a refusal; `unavailable` if a race was lost three times over.
   */
  refresh(request: RefreshRequest): Promise<Grant>
  /**
   * The live session of an access token: the authority wherever data is read. One statement, read only.
   * The token is judged as of `receivedAt`, the session as of now.
   */
  check(
    accessToken: string,
    receivedAt?: EpochMs,
  ): Promise<{ session: Session; accessExpiresAt: EpochMs }>
  /** The session that a cookie of ours names, were it expired or replaced: what sign-out ends. */
  identify(tokens: { refresh: string | null; access: string | null }): Promise<string | null>
  /** Ends one session, of this user where one is named. False if there was nothing left to end. */
  end(id: string, reason: EndReason, by: Client, userId?: string): Promise<boolean>
  /** Ends every session of the user but `keep`. Returns how many. */
  endOthers(userId: string, keep: string, by: Client): Promise<number>
  list(userId: string): Promise<Session[]>
}

export function createEngine(parts: {
  store: SessionStore
  access: AccessTokens
  refresh: RefreshTokens
  challenges: Challenges
  policy: SessionPolicy
  /** Told of every well-signed refresh before the database is; throws to throttle. */
  admit?: (claims: RefreshClaims) => Promise<void>
  clock: () => EpochMs
}): Engine {
  const { store, access, refresh, challenges, policy, admit, clock } = parts

  async function grant(session: Session | NewlyStarted, now: EpochMs, minted: Minted | null) {
    // Whoever lets it go unused past this is signed out: an access token must not say otherwise.
    const expiresAt = minted?.idleExpiresAt ?? session.idleExpiresAt
    const [accessGrant, refreshGrant] = await Promise.all([
      access.issue({ ...session, expiresAt }, now),
      minted ? refresh.issue(session, minted.position, minted.idleExpiresAt, now) : null,
    ])
    const { id: sessionId, userId } = session
    return { sessionId, userId, access: accessGrant, refresh: refreshGrant }
  }

  /** One read and one decision; null if another caller moved the session in between. */
  async function attempt(
    claims: RefreshClaims,
    request: RefreshRequest,
    challenge: Challenge | null,
  ): Promise<Grant | null> {
    const now = clock()
    const session = await store.find(claims.sessionId)
    if (!session || session.userId !== claims.userId) throw new SessionError('session_unknown')
    const caller = { accessOnly: request.accessOnly, jar: request.jar, challenge }
    const arrival = Math.min(request.receivedAt ?? now, now)
    const decision = decide(session, claims, arrival, caller, policy.graceMs)
    const event = eventOf(session, claims, request.client, now)

    switch (decision.kind) {
      case 'renew':
        return grant(session, now, null)
      case 'rotate':
      case 'reissue':
      case 'adopt': {
        const idleExpiresAt = Math.min(now + policy.idleMs, session.expiresAt)
        const to = { ...decision.to, issuedAt: now, idleExpiresAt, ...request.client }
        if (!(await store.advance(session.id, session, to))) return null
        if (decision.kind === 'reissue') await store.record(event('reissued'), 0)
        if (decision.kind === 'adopt') await store.record(event('state_regression'), 0)
        return grant(session, now, { position: decision.to, idleExpiresAt })
      }
      case 'challenge': {
        const token = await challenges.issue(session.id, session, decision.attempt, now)
        await store.record(event('stale_challenged'), EVENT_QUIET_MS)
        throw new SessionError('stale_refresh_token', { challenge: token })
      }
      case 'wait':
        throw new SessionError('unavailable', { retryAfterSeconds: 5 })
      case 'revoke': {
        const at = { generation: session.generation, branch: session.branch }
        const ended = await store.end(session.id, 'reused', event('reuse_detected'), { at })
        if (!ended) return null
        throw new SessionError('refresh_token_reused')
      }
      case 'refuse':
        if (decision.code === 'refresh_token_replaced') {
          await store.record(event('replaced_token_refused'), EVENT_QUIET_MS)
        }
        throw new SessionError(decision.code)
    }
  }

  return {
    async start(userId, client, replaces) {
      const now = clock()
      const replaced = replaces === null ? null : await refresh.verify(replaces, now)
      const expiresAt = now + policy.sessionMs
      const idleExpiresAt = Math.min(now + policy.idleMs, expiresAt)
      const session = { id: randomId(), userId, createdAt: now, idleExpiresAt, expiresAt }
      await store.create(
        { ...session, ...client },
        {
          replaces: replaced && replaced.status !== 'invalid' ? replaced.claims.sessionId : null,
          maxLive: MAX_LIVE_SESSIONS,
        },
      )
      return grant(session, now, { position: { generation: 0, branch: 0 }, idleExpiresAt })
    },

    async refresh(request) {
      const now = clock()
      const verdict = await refresh.verify(request.token, now)
      if (verdict.status === 'invalid') throw new SessionError('invalid_refresh_token')
      if (verdict.status === 'expired') throw new SessionError('refresh_token_expired')
      const { claims } = verdict
      await admit?.(claims)
      const challenge =
        request.challenge === null
          ? null
          : await challenges.read(request.challenge, claims.sessionId, now)
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const granted = await attempt(claims, request, challenge)
        if (granted) return granted
      }
      throw new SessionError('unavailable', { retryAfterSeconds: 1 })
    },

    async check(accessToken, receivedAt) {
      const now = clock()
      const verdict = await access.verify(accessToken, Math.min(receivedAt ?? now, now))
      if (verdict.status === 'invalid') throw new SessionError('invalid_access_token')
      if (verdict.status === 'expired') throw new SessionError('access_token_expired')
      const session = await store.find(verdict.claims.sessionId)
      if (!session || session.userId !== verdict.claims.userId) {
        throw new SessionError('session_unknown')
      }
      const dead = whyDead(session, now)
      if (dead) throw new SessionError(dead)
      return { session, accessExpiresAt: verdict.claims.expiresAt }
    },

    async identify(tokens) {
      const now = clock()
      for (const [token, kind] of [
        [tokens.refresh, refresh],
        [tokens.access, access],
      ] as const) {
        const verdict = token === null ? null : await kind.verify(token, now)
        if (verdict && verdict.status !== 'invalid') return verdict.claims.sessionId
      }
      return null
    },

    async end(id, reason, by, userId) {
      const session = await store.find(id)
      if (!session) return false
      const event = eventOf(session, session, by, clock())('ended', reason)
      return store.end(id, reason, event, userId === undefined ? {} : { userId })
    },

    endOthers: (userId, keep, by) =>
      store.endAll(userId, 'ended_elsewhere', clock(), { ...by, except: keep }),

    list: (userId) => store.list(userId, clock()),
  }
}

type NewlyStarted = Pick<Session, 'id' | 'userId' | 'idleExpiresAt'>
interface Minted {
  readonly position: Pick<NextPosition, 'generation' | 'branch'>
  readonly idleExpiresAt: EpochMs
}

function eventOf(
  session: Session,
  { generation, branch }: Pick<Session, 'generation' | 'branch'>,
  client: Client,
  at: EpochMs,
) {
  return (kind: NewSessionEvent['kind'], detail = `${generation}.${branch}`): NewSessionEvent => ({
    kind,
    at,
    sessionId: session.id,
    userId: session.userId,
    detail,
    address: client.address,
    userAgent: client.userAgent,
  })
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
