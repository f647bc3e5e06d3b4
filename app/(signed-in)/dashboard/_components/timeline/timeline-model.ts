import type { Life } from '@/contracts/life'
import type { EpochMs } from '@/session/time'
import { type Issue, isNear } from '../../../../_components/life/issue'

/** What a mark of the timeline stands for. */
export type MarkKind = 'sign-in' | 'refresh' | 'reissue' | 'challenge' | 'reuse' | 'end' | 'note'

/** One access token, as a bar. */
export interface Bar {
  readonly at: EpochMs
  readonly until: EpochMs
}

/** Something that happened, as a mark above the bars. */
export interface Mark {
  readonly id: string
  readonly kind: MarkKind
  readonly at: EpochMs
  readonly title: string
  readonly text: string
}

/** A timeline, ready to be drawn. */
export interface Timeline {
  readonly from: EpochMs
  readonly to: EpochMs
  /** Oldest first. */
  readonly bars: readonly Bar[]
  /** Oldest first. */
  readonly marks: readonly Mark[]
  /** From when on the next request renews the session; null if it has ended. */
  readonly nextRefreshAt: EpochMs | null
  /** How many renewals there were: those in the row, and those that this browser saw and that wrote nothing. */
  readonly renewals: number
  /** How many of them wrote nothing. */
  readonly unwritten: number
  /** How many of them are not drawn, because nothing keeps when they were. */
  readonly unknown: number
}

/** How the deployment is configured, in milliseconds. */
export interface TimelineConfig {
  readonly lifetimeMs: number
  readonly leewayMs: number
}

/** How many lives of an access token the timeline looks back. */
const LIVES_SHOWN = 4
/** The shortest time that the timeline of an ended session spans. */
const LEAST_MS = 10_000

const EVENTS: Readonly<Record<string, { kind: MarkKind; title: string; text: string }>> = {
  signed_in: { kind: 'sign-in', title: 'Signed in', text: 'The session began.' },
  reissued: {
    kind: 'reissue',
    title: 'Reissued',
    text: 'The response with the last tokens did not arrive, so they were issued again.',
  },
  stale_challenged: {
    kind: 'challenge',
    title: 'Challenged',
    text: 'An outdated token came. The browser was sent back for its newest one; nothing was ended.',
  },
  reuse_detected: {
    kind: 'reuse',
    title: 'Reuse detected',
    text: 'A copy of an old token was used, so the session was ended at once.',
  },
  ended: { kind: 'end', title: 'Session ended', text: 'It can no longer be renewed.' },
  replaced_token_refused: {
    kind: 'note',
    title: 'Replaced token refused',
    text: 'It was not renewed. The session goes on.',
  },
  state_regression: {
    kind: 'reissue',
    title: 'Caught up',
    text: 'The database had lost a renewal that the browser still knew.',
  },
  password_changed: {
    kind: 'note',
    title: 'Password changed',
    text: 'The session goes on with new tokens; every copy of the old ones is refused.',
  },
  alert_dismissed: { kind: 'note', title: 'Alert dismissed', text: 'It is no longer shown.' },
}

/** Makes the timeline of a life, and of the access tokens that this browser was seen to get, as it is at `now`. Pure. */
export function timelineOf(
  life: Life,
  seen: readonly Issue[],
  now: EpochMs,
  { lifetimeMs, leewayMs }: TimelineConfig,
): Timeline {
  const issues = issuesOf(life, seen, lifetimeMs)
  const current = issues.reduce((a, b) => (b.until >= a.until ? b : a))
  const written = issues.filter(({ at, isWritten }) => isWritten && !isNear(at, life.signedInAt))
  const unwritten = issues.filter(({ isWritten }) => !isWritten).length
  const end = life.ended?.at ?? current.until
  const from = Math.max(life.signedInAt, (life.ended?.at ?? now) - LIVES_SHOWN * lifetimeMs)
  // Nothing comes after an end, so what led to it has all the width.
  const to = life.ended ? Math.max(end, from + LEAST_MS) : Math.max(now, end, from + lifetimeMs)
  const margin = (to - from) * 0.04
  const events = life.events.map((event): Mark => {
    const { kind, title, text } = EVENTS[event.kind] ?? {
      kind: 'note',
      title: event.kind,
      text: '',
    }
    return {
      id: `e${event.id}`,
      kind,
      at: event.at,
      title,
      text: `${text} ${event.device}.`.trim(),
    }
  })
  const refreshes = issues
    .filter(({ at }) => !isNear(at, life.signedInAt))
    .filter(({ at }) => !events.some((mark) => mark.kind === 'reissue' && isNear(at, mark.at)))
    .map(
      ({ at, isWritten }): Mark => ({
        id: `t${at}`,
        kind: 'refresh',
        at,
        title: 'Refreshed',
        text: isWritten
          ? 'A new access token, and a new refresh token.'
          : 'A new access token. The refresh token stayed, and nothing was written.',
      }),
    )
  const isShown = ({ at }: { at: EpochMs }) => at >= from - margin
  return {
    from: from - margin,
    to: to + margin,
    bars: issues
      .map(({ at, until }) => ({ at, until: Math.min(until, life.ended?.at ?? until) }))
      .filter(({ until }) => until >= from),
    marks: [...events, ...refreshes].filter(isShown).sort((a, b) => a.at - b.at),
    nextRefreshAt: life.ended ? null : current.until - leewayMs,
    renewals: life.renewals + unwritten,
    unwritten,
    unknown: Math.max(0, life.renewals - written.length),
  }
}

/** Every access token that is known: of the sign-in, of the row, of this request, of reissues, and those that this browser saw. */
function issuesOf(life: Life, seen: readonly Issue[], lifetimeMs: number): Issue[] {
  const issue = (at: EpochMs, isWritten: boolean, until = at + lifetimeMs) => ({
    at,
    until,
    isWritten,
  })
  const { access, events } = life
  const known = [
    issue(life.signedInAt, true),
    issue(life.issuedAt, true),
    ...events.filter(({ kind }) => kind === 'reissued').map(({ at }) => issue(at, true)),
    ...seen,
    issue(access.issuedAt, access.issuedAt <= life.issuedAt, access.expiresAt),
  ].sort((a, b) => a.at - b.at)
  const distinct: Issue[] = []
  for (const one of known) {
    const last = distinct.at(-1)
    if (!last || !isNear(last.at, one.at)) distinct.push(one)
    else if (one.isWritten && !last.isWritten) distinct[distinct.length - 1] = one
  }
  return distinct
}
