'use client'

import type { Life } from '@/contracts/life'
import type { EpochMs } from '@/session/time'

/** An access token that this browser has held. */
export interface Issue {
  readonly at: EpochMs
  readonly until: EpochMs
  /** True if its renewal was written to the session's row, which then has counted it. */
  readonly isWritten: boolean
}

/** What this tab knows of the session's life. */
export interface LifeState {
  readonly life: Life | null
  /** The access tokens that this browser was seen to get, oldest first. The database keeps none of them. */
  readonly issues: readonly Issue[]
  /** Whose session ended, and why; null while it lives, as far as is known. */
  readonly ended: (NonNullable<Life['ended']> & { readonly userId: string }) | null
  /** The server's time minus this tab's monotonic clock. */
  readonly offsetMs: number | null
}

const NOTHING: LifeState = { life: null, issues: [], ended: null, offsetMs: null }
const MAX_ISSUES = 100
/** Two tokens that were issued within this time are taken for one: `iat` has whole seconds, and tabs may be renewed at once. */
const SAME_MS = 1500

const listeners = new Set<() => void>()
let state = NOTHING

function update(next: Partial<LifeState>): void {
  state = { ...state, ...next }
  for (const listener of [...listeners]) listener()
}

/** The life of the session, as an external store for `useSyncExternalStore`. */
export const lifeStore = {
  get: () => state,
  getOnServer: () => NOTHING,
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}

/** Takes over what the server says. An older answer than the latest, and one about another session, is dropped. */
export function applyLife(life: Life, lifetimeMs: number): void {
  const before = state.life
  const isSame = before?.userId === life.userId && before.signedInAt === life.signedInAt
  if (isSame && life.now < before.now) return
  const known = isSame ? state.issues : recall(life)
  const { issuedAt, access } = life
  const written = { at: issuedAt, until: issuedAt + lifetimeMs, isWritten: true }
  const given = { at: access.issuedAt, until: access.expiresAt, isWritten: false }
  const issues = withIssue(withIssue(known, written), given)
  update({ life, issues, ended: null, offsetMs: life.now - performance.now() })
  remember()
}

/** Takes over a renewal that a response has told of. */
export function applyIssue(issue: Issue): void {
  const issues = withIssue(state.issues, issue)
  if (issues === state.issues) return
  update({ issues })
  remember()
}

/** The session of this user is over. */
export function applyEnd(ended: NonNullable<Life['ended']>, userId: string): void {
  update({ ended: { ...ended, userId } })
}

/** The server's time now, in milliseconds since the epoch; `fallback` while it is not known. */
export function serverNow(fallback: EpochMs): EpochMs {
  return state.offsetMs === null ? fallback : performance.now() + state.offsetMs
}

/** Adds an issue in its place. A token that is known already stays, and is written if either says so. */
export function withIssue(issues: readonly Issue[], issue: Issue): readonly Issue[] {
  const same = issues.find(({ at }) => Math.abs(at - issue.at) < SAME_MS)
  if (same && (same.isWritten || !issue.isWritten)) return issues
  const others = issues.filter((one) => one !== same)
  return [...others, issue].sort((a, b) => a.at - b.at).slice(-MAX_ISSUES)
}

const keyOf = ({ userId, signedInAt }: Life) => `life ${userId} ${signedInAt}`

/** Keeps the issues of this tab over a reload. They are times, and no secrets. */
function remember(): void {
  try {
    if (state.life) sessionStorage.setItem(keyOf(state.life), JSON.stringify(state.issues))
  } catch {
    // A browser may refuse storage. The issues are then forgotten with the page.
  }
}

function recall(life: Life): readonly Issue[] {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(life)) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isIssue) : []
  } catch {
    return []
  }
}

function isIssue(value: unknown): value is Issue {
  const { at, until, isWritten } = (value ?? {}) as Partial<Issue>
  return typeof at === 'number' && typeof until === 'number' && typeof isWritten === 'boolean'
}
