import type { EpochMs } from './store'

/** Says when a request arrived, in epoch milliseconds. The server's front sets it on every request, whatever the client sent. */
export const ARRIVAL_HEADER = 'x-arrived-at'

/** No request takes longer to come in; an older claim is nobody's of ours. */
export const LONGEST_ARRIVAL_MS = 120_000

/**
 * When a request arrived, in epoch milliseconds; `now` where the server does not see requests arrive (`knowsArrival`). The gate and the data layer judge an access token as of this
 * one moment: between two readings of the clock a token can end, and then an honest person would be asked to sign in.
 */
export function arrivalOf(
  headers: { get(name: string): string | null },
  { knowsArrival }: { readonly knowsArrival: boolean },
  now: EpochMs = Date.now(),
): EpochMs {
  if (!knowsArrival) return now
  const arrivedAt = Number(headers.get(ARRIVAL_HEADER))
  return arrivedAt > now - LONGEST_ARRIVAL_MS && arrivedAt < now ? arrivedAt : now
}
