import { type Signal, scope } from './platform'

/** Calls back when a person comes back to the tab, or leaves it, or the network returns, until `signal` aborts. */
export function onAttention(listener: () => void, signal: Signal): void {
  scope.document?.addEventListener('visibilitychange', listener, { signal })
  scope.addEventListener?.('online', listener, { signal })
}
