import { firstAccepted, type Presented, requireGood } from './candidates'
import { decideClientBinding } from './client-binding'
import { SessionError } from './errors'
import { eventOf } from './event'
import type { createGrants, Grant } from './grant'
import { type Challenge, type Decision, decide, endedCode, rotationIfDue } from './rotation'
import type { ClientInfo, Session } from './session'
import type { SessionStore } from './store'
import type { EpochMs } from './time'
import type { AccessExtras, AccessTokens } from './tokens/access-token'
import type { Challenges } from './tokens/challenge'
import { type ClaimsOf, createClaimsSource } from './tokens/claims'
import type { RefreshClaims, RefreshTokens } from './tokens/refresh-token'

/** How many times a refresh reads and decides before it answers 503. It tries again when another caller moved the session. */
const MAX_TRIES = 3
/** A replay or a challenge that repeats is recorded once a minute for a session, however many requests cause it. */
const EVENT_QUIET_MS = 60_000

/** The input of a refresh. */
export interface RefreshRequest {
  /** Candidates for the refresh token, in order of preference. The first that is good and names a live session is used. */
  readonly tokens: readonly [string, ...string[]]
  readonly accessOnly: boolean
  readonly jar: boolean
  /** Candidates for the signed challenge. The first that is good for the session is used. */
  readonly challenges: readonly string[]
  readonly client: ClientInfo
  /** The registered OAuth client that makes the request. Once a client presents a token, all other clients are refused it. */
  readonly oauthClientId?: string | null | undefined
  /** How long ago, in milliseconds, the server received the request. A token's age is measured at that moment. */
  readonly waitedMs?: number | undefined
  /** Access tokens of the session that the new one replaces. They are retired, so that good ones do not accumulate. */
  readonly replaces?: readonly string[]
  /**
   * Returns the claims that the new access token has beside the standard ones. It must not throw, because the session may have been
   * rotated by then.
   */
  readonly extras?: ((session: Session) => AccessExtras) | undefined
  /** Called with each decision before it is answered. A caller that loses a race gets a new decision. */
  readonly decided?: ((decision: Decision) => void) | undefined
}

/** A grant, and the refresh token that was accepted for it. */
export interface Refreshed extends Grant {
  readonly presented: { readonly token: string; readonly expiresInSeconds: number }
}

/** What a refresh is made of. */
export interface RefreshParts {
  readonly store: SessionStore
  readonly accessTokens: AccessTokens
  readonly refreshTokens: RefreshTokens
  readonly challenges: Challenges
  readonly policy: { readonly graceMs: number; readonly idleMs: number }
  /** Called with the claims of every well-signed token before the database is read. It throws to throttle. */
  readonly admit?: ((claims: RefreshClaims) => Promise<void>) | undefined
  /**
   * Asks the deployment's own table about the user of a live session, before anything is decided. It returns the session with the
   * user's present name and state, or null if the user is gone. Without it, the session's row is all that is read.
   */
  readonly userOf?: ((session: Session) => Promise<Session | null>) | null | undefined
  /** Returns the additional claims of each access token. */
  readonly claimsOf?: ClaimsOf | null | undefined
  readonly clock: () => EpochMs
}

/**
 * Returns `Engine.refresh`: it verifies the token, then reads, decides and writes until no other caller interferes. A rotation that
 * is due may be written as the row is read.
 */
export function createRefresh(parts: RefreshParts, grant: ReturnType<typeof createGrants>) {
  const { store, accessTokens, refreshTokens, challenges, policy, admit, userOf, clock } = parts
  const claimsFor = createClaimsSource(parts.claimsOf)

  /** Reads, decides and writes once. Null if another caller moved the session in between. */
  async function refreshOnce(
    claims: RefreshClaims,
    request: RefreshRequest,
    challenge: Challenge | null,
    receivedAt: EpochMs,
  ): Promise<Grant | null> {
    const now = clock()
    const { session: found, rotated } = await findSession(claims, request, receivedAt, now)
    if (!found || found.userId !== claims.userId) throw await unknownError(claims)
    const session = userOf && endedCode(found, now) === null ? await userOf(found) : found
    if (!session) throw new SessionError('user_unknown')
    const caller = { accessOnly: request.accessOnly, jar: request.jar, challenge }
    const presenter = { oauthClientId: request.oauthClientId ?? null, jar: request.jar }
    const decision =
      decideClientBinding(session, receivedAt, presenter) ??
      decide(session, claims, receivedAt, caller, policy.graceMs)
    request.decided?.(decision)
    const event = eventOf(session, claims, request.client, now)

    switch (decision.kind) {
      case 'renew': {
        const extras = claimsFor ? await withClaims(session, request) : request.extras?.(session)
        if (session.oauthClientId !== presenter.oauthClientId) {
          const { oauthClientId } = presenter
          const bound = { ...session, ...request.client, oauthClientId }
          if (!(await store.advance(session.id, session, bound))) return null
        }
        return grant(session, now, null, extras)
      }
      case 'rotate':
      case 'reissue':
      case 'adopt': {
        const extras = claimsFor ? await withClaims(session, request) : request.extras?.(session)
        const idleExpiresAt = Math.min(now + policy.idleMs, session.expiresAt)
        const { oauthClientId } = presenter
        const to = {
          ...{ ...decision.to, issuedAt: now, idleExpiresAt, oauthClientId },
          ...request.client,
        }
        if (!rotated && !(await store.advance(session.id, session, to))) return null
        if (decision.kind === 'reissue') await store.record(event('reissued'), 0)
        if (decision.kind === 'adopt') await store.record(event('state_regression'), 0)
        const minted = { position: decision.to, idleExpiresAt }
        return grant(session, now, minted, extras)
      }
      case 'challenge': {
        const token = await challenges.issue(session.id, session, decision.ordinal, now)
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

  /** Reads the session. If its row alone decides, the store makes a rotation that is due in the same round trip. */
  async function findSession(
    claims: RefreshClaims,
    { accessOnly, client, oauthClientId = null }: RefreshRequest,
    receivedAt: EpochMs,
    now: EpochMs,
  ): Promise<{ session: Session | null; rotated: boolean }> {
    const { sessionId, userId } = claims
    if (accessOnly || userOf || claimsFor) {
      return { session: await store.find(sessionId), rotated: false }
    }
    const { condition, to } = rotationIfDue(claims, receivedAt, policy.graceMs)
    const written = { issuedAt: now, idleExpiresAt: now + policy.idleMs, oauthClientId, ...client }
    const found = await store.findToRotate(
      sessionId,
      { ...condition, userId },
      { ...to, ...written },
    )
    return found ?? { session: null, rotated: false }
  }

  /** What the new access token says besides the standard claims. A contract's own claims win, because its wire format has them. */
  async function withClaims(session: Session, request: RefreshRequest): Promise<AccessExtras> {
    const user = { id: session.userId, name: session.userName, verified: session.userVerified }
    const extras = request.extras?.(session)
    return { ...extras, claims: { ...(await claimsFor?.(user, session)), ...extras?.claims } }
  }

  async function unknownError({ userId }: RefreshClaims): Promise<SessionError> {
    return new SessionError((await store.userExists(userId)) ? 'session_unknown' : 'user_unknown')
  }

  async function findChallenge(
    { challenges: tokens }: RefreshRequest,
    sessionId: string,
    now: EpochMs,
  ): Promise<Challenge | null> {
    for (const token of tokens) {
      const challenge = await challenges.read(token, sessionId, now)
      if (challenge) return challenge
    }
    return null
  }

  async function retire(token: string, sessionId: string, now: EpochMs): Promise<void> {
    const verdict = await accessTokens.verify(token, now)
    if (verdict.status !== 'good' || verdict.claims.sessionId !== sessionId) return
    await store.retire(verdict.claims.tokenId, verdict.claims.expiresAt)
  }

  async function refreshWith({ token, claims }: Presented, request: RefreshRequest, now: EpochMs) {
    await admit?.(claims)
    const challenge = await findChallenge(request, claims.sessionId, now)
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const granted = await refreshOnce(claims, request, challenge, now - (request.waitedMs ?? 0))
      if (!granted) continue
      for (const old of request.replaces ?? []) await retire(old, claims.sessionId, now)
      const expiresInSeconds = Math.max(Math.floor((claims.expiresAt - now) / 1000), 0)
      return { ...granted, presented: { token, expiresInSeconds } }
    }
    throw new SessionError('unavailable', { retryAfterSeconds: 1 })
  }

  return async (request: RefreshRequest): Promise<Refreshed> => {
    const now = clock()
    const good = await requireGood(refreshTokens, request.tokens, now)
    return firstAccepted(good, (presented) => refreshWith(presented, request, now))
  }
}
