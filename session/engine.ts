import { isBoundToAnother } from './client-binding'
import { SessionError } from './errors'
import { eventOf } from './event'
import { createGrants } from './grant'
import { createRefresh, type Refreshed, type RefreshParts, type RefreshRequest } from './refresh'
import { decide, endedCode } from './rotation'
import type { ClientInfo, EndReason, Session } from './session'
import { createStarter, type Starter } from './start'
import type { EpochMs } from './time'
import { type AccessClaims, OWN_CLIENT_ID } from './tokens/access-token'
import type { Claims } from './tokens/claims'
import { type RefreshClaims, readClaims } from './tokens/refresh-token'

/** The lifetimes that a deployment configures, in milliseconds. */
export interface SessionPolicy {
  readonly graceMs: number
  /** How long a session may go unused. Every rotation starts it anew. */
  readonly idleMs: number
  /** How long a session may last in all. */
  readonly sessionMs: number
}

/** An active token (RFC 7662 §2.2) and its session. */
export type ActiveToken =
  | { readonly kind: 'access'; readonly claims: AccessClaims; readonly session: Session }
  | { readonly kind: 'refresh'; readonly claims: RefreshClaims; readonly session: Session }

/** A session that a token names, and the session's user. */
export interface NamedSession {
  readonly sessionId: string
  readonly userId: string
}

/**
 * Carries out what the session rules decide. Each method takes the time from `clock`, and each can throw SessionError
 * `unavailable`, if the database does not answer.
 */
export interface Engine extends Starter {
  /**
   * Exchanges a refresh token for new tokens, as `decide` decides.
   * @throws SessionError with the reason of a refusal, or `unavailable` if the caller lost three races in a row.
   */
  refresh(request: RefreshRequest): Promise<Refreshed>
  /**
   * The live session of an access token. This is the authority wherever data is read. Runs one statement and writes nothing.
   * The token must be good at the moment the request was received, `waitedMs` milliseconds ago; the session must be live now.
   * @throws SessionError if either is not.
   */
  check(
    accessToken: string,
    waitedMs?: number,
  ): Promise<{
    session: Session
    accessIssuedAt: EpochMs
    accessExpiresAt: EpochMs
    claims: Claims
  }>
  /** The claims and the session of an access or a refresh token, or null if the token is not active (RFC 7662). */
  introspect(token: string): Promise<ActiveToken | null>
  /**
   * Revokes a token (RFC 7009). A refresh token is revoked with its session, an access token alone. Any other text is ignored.
   * @throws SessionError `token_of_another_client` if the token is bound to a client other than `oauthClientId` (§2.1).
   */
  revoke(token: string, by: ClientInfo, oauthClientId?: string | null): Promise<void>
  /**
   * The sessions that these tokens name, which sign-out ends. A refresh token names its session even if it has expired or was
   * replaced. Access tokens are read only if no refresh token names a session, and must be neither expired nor revoked.
   */
  identify(tokens: {
    readonly refresh: readonly string[]
    readonly access: readonly string[]
  }): Promise<NamedSession[]>
  /** Records that the user proved the password in this session now. False if the session has ended. */
  prove(id: string): Promise<boolean>
  /** Ends one session. With `userId`, only if it is that user's. False if there was nothing to end. */
  end(id: string, reason: EndReason, by: ClientInfo, userId?: string): Promise<boolean>
  /** Ends every session of the user except `keep`, or all of them where `keep` is null. Returns how many ended. */
  endOthers(userId: string, keep: string | null, by: ClientInfo): Promise<number>
  /** The user's live sessions, last seen first. */
  list(userId: string): Promise<Session[]>
}

/** Makes an engine over a store, the tokens, a policy and a clock. */
export function createEngine(parts: RefreshParts & { readonly policy: SessionPolicy }): Engine {
  const { store, accessTokens: access, refreshTokens: refresh, policy, clock } = parts
  const grant = createGrants(access, refresh)

  const check: Engine['check'] = async (accessToken, waitedMs = 0) => {
    const now = clock()
    const verdict = await access.verify(accessToken, now - waitedMs)
    if (verdict.status === 'invalid') throw new SessionError('invalid_access_token')
    if (verdict.status === 'expired') throw new SessionError('access_token_expired')
    const session = await sessionOf(verdict.claims)
    const ended = endedCode(session, now)
    if (ended) throw new SessionError(ended)
    const {
      issuedAt: accessIssuedAt,
      expiresAt: accessExpiresAt,
      additional: claims,
    } = verdict.claims
    return { session, accessIssuedAt, accessExpiresAt, claims }
  }

  async function sessionOf({ sessionId, userId, tokenId }: AccessClaims): Promise<Session> {
    const found = await store.findFor(sessionId, tokenId)
    if (!found || found.session.userId !== userId) throw new SessionError('session_unknown')
    if (found.retired) throw new SessionError('invalid_access_token')
    return found.session
  }

  const end: Engine['end'] = async (id, reason, by, userId) => {
    const session = await store.find(id)
    if (!session) return false
    const event = eventOf(session, session, by, clock())('ended', reason)
    return store.end(id, reason, event, userId === undefined ? {} : { userId })
  }

  return {
    ...createStarter(parts, grant),
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
      // Decide as for a caller that wants access only: such a decision writes nothing.
      const caller = { accessOnly: true, jar: false, challenge: null }
      const decision = decide(session, claims, now, caller, policy.graceMs)
      return decision.kind === 'renew' ? { kind: 'refresh', claims, session } : null
    },

    async revoke(token, by, oauthClientId = null) {
      const now = clock()
      const mustOwn = (owner: string | null) => {
        if (isBoundToAnother(owner, oauthClientId))
          throw new SessionError('token_of_another_client')
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
      const named: NamedSession[] = await readClaims(refresh, tokens.refresh, now)
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
