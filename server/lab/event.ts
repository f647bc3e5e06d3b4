import type { EndReason, Position } from '@/session/session'
import type { EpochMs } from '@/session/time'
import type { SceneId } from './scene-list'

/** A session's row, as a scene shows it. It holds no id and no token. */
export interface RowView extends Position {
  /** Whose session it is, such as `browser`. */
  readonly of: string
  /** How long ago the current token was issued, in milliseconds. */
  readonly ageMs: number
  readonly ended: EndReason | null
}

/** The state of a jar when a request left it. */
export interface JarView {
  /** True if the jar held an access token, so that it had not expired for the browser. */
  readonly access: boolean
  /** The position that the refresh token in the jar names, or null without one. */
  readonly refresh: Position | null
  /** True if the jar held a challenge. */
  readonly challenge: boolean
}

/** What the refresh route answered. */
export type RefreshAnswer =
  | { readonly granted: 'both tokens' | 'an access token'; readonly position: Position | null }
  /** The code of the `SessionError`. */
  | { readonly refused: string }

/** What the database says at the end of a scene. */
export interface Verdict {
  /** True if the rows and the answers are as the scene promises. */
  readonly holds: boolean
  /** What the scene promises, in a sentence. */
  readonly promise: string
  /** Every session of the scene's person, oldest first. */
  readonly rows: readonly RowView[]
  /** The kinds of the recorded events, oldest first. */
  readonly events: readonly string[]
}

/** Something that happened in a scene. `request` numbers the requests of a run, and `by` names the browser. */
export type Happening =
  | {
      readonly kind: 'begun'
      readonly scene: SceneId
      readonly accessTokenMs: number
      readonly graceMs: number
      /** True if the scene waits for tokens to expire. False if it sets the row back instead. */
      readonly isRealTime: boolean
    }
  | { readonly kind: 'said'; readonly text: string }
  /** The scene waits. */
  | { readonly kind: 'waiting'; readonly forMs: number; readonly text: string }
  /** The scene has set the row back, instead of waiting. */
  | { readonly kind: 'aged'; readonly byMs: number; readonly row: RowView; readonly text: string }
  | { readonly kind: 'fault'; readonly at: FaultPlace; readonly begins: boolean }
  | { readonly kind: 'copied'; readonly by: string; readonly from: string }
  | {
      readonly kind: 'sent'
      readonly request: number
      readonly by: string
      readonly tab: number
      readonly method: string
      readonly path: string
      readonly jar: JarView
      /** True if the browser follows a redirect to the same address. */
      readonly again: boolean
    }
  /** The network holds a request back before the server sees it. */
  | { readonly kind: 'held'; readonly request: number }
  | { readonly kind: 'refreshing'; readonly request: number }
  | {
      readonly kind: 'decided'
      readonly request: number
      /** The kind of the `Decision`. */
      readonly decision: string
      /** The row of the table in docs/decisions/0001-rotation.md: what was presented, and under which condition. */
      readonly rule: string
      readonly row: RowView
    }
  /** A guarded statement changed the row, or lost a race and changed nothing. */
  | {
      readonly kind: 'wrote'
      readonly request: number
      readonly won: boolean
      readonly row: RowView
    }
  | { readonly kind: 'refreshed'; readonly request: number; readonly answer: RefreshAnswer }
  /** The data layer read the row for a page, an action or a route. */
  | { readonly kind: 'checked'; readonly request: number; readonly row: RowView | null }
  | {
      readonly kind: 'answered'
      readonly request: number
      readonly status: number
      /** The names of the cookies that the answer sets, without a prefix. */
      readonly sets: readonly string[]
      /** The path and reason of a redirect, or null. */
      readonly to: string | null
      /** True if the network lost the answer, so that the jar never saw it. */
      readonly lost: boolean
      readonly outcome: Outcome
      /** What the jar holds after the answer. */
      readonly jar: JarView
    }
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /** The run ended before its verdict. */
  | { readonly kind: 'stopped'; readonly why: 'time' | 'shutdown' | 'error' }

/** How one answer ends a request, as a person sees it. */
export type Outcome = 'served' | 'again' | 'unavailable' | 'signed out' | 'lost' | 'failed'

/** Where a scene lets something fail. */
export type FaultPlace = 'refresh route' | 'database'

/** A happening, and when it was, in milliseconds since the run began. */
export type LabEvent = Happening & { readonly ms: EpochMs }
