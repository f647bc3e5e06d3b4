import 'server-only'
import type { EndReason, Session } from '@/session/session'
import type { Ending } from '../browser'

/** True if the request was served. */
export function served(ending: Ending): boolean {
  return ending.outcome === 'served'
}

/** True if there are requests, and all of them were served. */
export function servedAll(endings: readonly Ending[]): boolean {
  return endings.length > 0 && endings.every(served)
}

/** True if the row is live, at this generation. */
export function isAlive(row: Session | undefined, generation: number): boolean {
  return row !== undefined && row.endedReason === null && row.generation === generation
}

/** True if the row has ended for this reason. */
export function isOver(row: Session | undefined, reason: EndReason): boolean {
  return row?.endedReason === reason
}
