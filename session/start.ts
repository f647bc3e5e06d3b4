import type { createGrants, Grant } from './grant'
import { endedCode } from './rotation'
import type { ClientInfo, ProvenUser, Session, SessionMove } from './session'
import type { SessionStore } from './store'
import type { EpochMs } from './time'
import type { AccessExtras } from './tokens/access-token'
import { type ClaimsOf, createClaimsSource } from './tokens/claims'
import { type RefreshTokens, readClaims } from './tokens/refresh-token'

const MAX_LIVE_SESSIONS = 100
const FIRST = { generation: 0, branch: 0 }
/** For this long, in milliseconds, requests of one attempt to sign in count as concurrent. */
const CONCURRENT_MS = 60_000

/** Options of `start`. */
export interface StartOptions {
  /**
   * True if the client keeps one refresh token for the life of the session, because its contract has no field for a new one.
   * No rotation would extend its idle expiry, so that equals the absolute expiry.
   */
  readonly keepsToken?: boolean
  /**
   * The id by which the jar names this attempt to sign in. Concurrent requests of one attempt, such as from two tabs or a form that
   * was sent twice, start one session. With two sessions, the response that came last would decide which one the jar holds, and
   * the other would stay behind.
   */
  readonly attempt?: string | null
}

/** A user who signs in. */
export interface StartingUser extends ProvenUser {
  readonly name: string
  readonly verified?: boolean
}

/** The fields of a session that `move` needs. */
export interface MovableSession
  extends Pick<
    Session,
    'userId' | 'userName' | 'userVerified' | 'createdAt' | 'idleExpiresAt' | 'expiresAt'
  > {
  readonly sessionId: string
}

/** Gives a session its id and its first tokens: at sign-in, and when it moves to a new id. */
export interface Starter {
  /**
   * Signs a user in on this device, and ends the session of the first refresh token in `replaces` that verifies. Returns null,
   * and changes nothing, if the user is gone or disabled by now, or the password has changed since it was compared.
   * @throws SessionError `unavailable` if the additional claims cannot be had; then nothing changed.
   */
  start(
    user: StartingUser,
    client: ClientInfo,
    replaces: readonly string[],
    options?: StartOptions,
  ): Promise<Grant | null>
  /**
   * Moves a session to a new id, so that every token of it, copies included, is refused from then on. `write` moves it in
   * the database, in one transaction with the change that requires it. Returns the tokens of the new session, or null if
   * `write` returns false because the session is over.
   */
  move(
    session: MovableSession,
    write: (move: SessionMove, now: EpochMs) => Promise<boolean>,
  ): Promise<Grant | null>
}

/** What a starter is made of. */
export interface StarterParts {
  readonly store: SessionStore
  readonly refreshTokens: RefreshTokens
  readonly policy: { readonly idleMs: number; readonly sessionMs: number }
  /** Returns the additional claims of each access token. */
  readonly claimsOf?: ClaimsOf | null | undefined
  readonly clock: () => EpochMs
}

/** Makes the part of the engine that begins sessions. */
export function createStarter(
  { store, refreshTokens, policy, claimsOf, clock }: StarterParts,
  grant: ReturnType<typeof createGrants>,
): Starter {
  const claimsFor = createClaimsSource(claimsOf)
  return {
    async start(user, client, replaces, { keepsToken = false, attempt = null } = {}) {
      const now = clock()
      const [replaced] = await readClaims(refreshTokens, replaces, now)
      const expiresAt = now + policy.sessionMs
      const idleExpiresAt = keepsToken ? expiresAt : Math.min(now + policy.idleMs, expiresAt)
      const times = { createdAt: now, idleExpiresAt, expiresAt }
      /** Adds the session. Returns the additional claims of its access token, or null if the user cannot sign in. */
      const create = async (id: string): Promise<AccessExtras | null> => {
        const { id: userId, name, passwordHash, verified = false } = user
        const begun = { id, createdAt: now, authTime: now }
        const extras = claimsFor
          ? { claims: await claimsFor({ id: userId, name, verified }, begun) }
          : {}
        const created = await store.create(
          { id, userId, passwordHash, ...times, ...client },
          { replaces: replaced?.sessionId ?? null, maxLive: MAX_LIVE_SESSIONS },
        )
        return created ? extras : null
      }
      if (attempt !== null) {
        const id = await idOfAttempt(attempt, user.id)
        const extras = await create(id)
        if (!extras) return null
        // A concurrent attempt may have created the session first, and it may have ended or rotated since.
        const session = await store.find(id)
        if (session && isJustStarted(session, now)) {
          const minted = { position: FIRST, idleExpiresAt: session.idleExpiresAt }
          return grant(session, now, minted, extras)
        }
      }
      const id = randomId()
      const extras = await create(id)
      if (!extras) return null
      return grant(
        { id, userId: user.id, ...times },
        now,
        { position: FIRST, idleExpiresAt },
        extras,
      )
    },

    async move(session, write) {
      const { sessionId: from, userId, createdAt, idleExpiresAt: idleEnd, expiresAt } = session
      const now = clock()
      // For a client that keeps its token, the idle expiry equals the absolute expiry.
      const idleExpiresAt =
        idleEnd === expiresAt ? expiresAt : Math.min(now + policy.idleMs, expiresAt)
      const to = randomId()
      const user = { id: userId, name: session.userName, verified: session.userVerified }
      const extras = claimsFor
        ? { claims: await claimsFor(user, { id: to, createdAt, authTime: now }) }
        : {}
      if (!(await write({ from, to, idleExpiresAt }, now))) return null
      const minted = { position: FIRST, idleExpiresAt }
      return grant({ id: to, userId, idleExpiresAt }, now, minted, extras)
    },
  }
}

function isJustStarted(session: Session, now: EpochMs): boolean {
  return (
    endedCode(session, now) === null &&
    session.generation === FIRST.generation &&
    session.branch === FIRST.branch &&
    now - session.createdAt < CONCURRENT_MS
  )
}

/** A session id derived from the attempt and the user, as hard to guess as the attempt is. */
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
