import { globals, type Signal } from '../platform'
import type { WithTimeout } from '../time/time-limit'
import type { SessionChange } from './session'

/** The other tabs that share a session. */
export type Tabs = ReturnType<typeof openTabs>

/**
 * Reaches the other tabs through Web Locks and BroadcastChannel, if the platform has them.
 * @param place Names the place where the tokens lie: tabs with the same place share a session. Undefined if no tab shares it.
 * @param onChange Called with each change that a tab publishes, this one included.
 */
export function openTabs(
  place: string | undefined,
  withTimeout: WithTimeout,
  onChange: (change: SessionChange) => void,
) {
  const { BroadcastChannel, navigator } = place ? globals : {}
  const name = `refresh ${place}`
  const channel = BroadcastChannel && new BroadcastChannel(name)
  if (channel) {
    channel.unref?.()
    channel.onmessage = ({ data }) => onChange(data as SessionChange)
  }
  return {
    /** Tells the other tabs of a change, then this one. */
    publish(change: SessionChange): void {
      channel?.postMessage(change)
      onChange(change)
    },
    close: () => channel?.close(),
    /**
     * Runs `task` while no other tab runs one, and cuts it off after the timeout. If the lock is not free within the timeout, the
     * task runs without it: a frozen tab may hold the lock for hours, and the server can take a race.
     * @throws ClientError `unavailable`; the reason of a signal that aborted.
     */
    async withLock(task: (signal: Signal) => Promise<void>, given?: Signal | null): Promise<void> {
      let release: (() => void) | undefined
      const acquire = (signal: Signal) =>
        new Promise<void>((resolve, reject) => {
          const hold = () =>
            new Promise<void>((done) => {
              release = done
              resolve()
            })
          navigator?.locks?.request(name, { signal }, hold).catch(reject) ?? resolve()
        })
      try {
        await withTimeout(acquire, given).catch(() => {})
        await withTimeout(task, given)
      } finally {
        release?.()
      }
    },
  }
}
