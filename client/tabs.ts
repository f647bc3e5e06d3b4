import type { Clock } from './clock'
import type { SignOutReason } from './errors'
import type { Scope, Signal } from './platform'
import { pause } from './wait'

/** What one tab tells the others that share its session: it was renewed, or it is over. */
export type News =
  | {
      /** How long the access token still serves, in milliseconds; null where nobody knows. */
      readonly ms: number | null
      /** The access token, where script holds it. */
      readonly access: string | undefined
    }
  | { readonly reason: SignOutReason | null }

/** How long the news of a tab may take to reach another that waited for its lock. */
const NEWS_MS = 100

/** The other tabs that share what is called `name`, as far as `platform` can reach them. */
export function openTabs(
  { BroadcastChannel, navigator }: Pick<Scope, 'BroadcastChannel' | 'navigator'>,
  name: string,
  clock: Clock,
  patienceMs: number,
  closed: Signal,
  listen: (news: News) => void,
) {
  const channel = BroadcastChannel && new BroadcastChannel(name)
  let heard = () => {}
  if (channel) {
    channel.unref?.()
    channel.onmessage = ({ data }) => {
      listen(data as News)
      heard()
    }
  }
  return {
    tell: (news: News) => channel?.postMessage(news),
    close: () => channel?.close(),
    /**
     * Runs `run` while no other tab does, and after what the one before has to tell; after `patienceMs` at the latest, as the
     * server can take a race.
     */
    async alone(run: () => Promise<void>): Promise<void> {
      const locks = navigator?.locks
      let held: Promise<void> | undefined
      const enter = () => {
        held = run()
        return held
      }
      await locks?.request(name, { ifAvailable: true }, async (lock) => lock && enter())
      if (!held) {
        const news = new Promise<void>((resolve) => {
          heard = resolve
        })
        const signal = AbortSignal.timeout(patienceMs)
        // The lock may pass before the news does.
        const listenFirst = () => Promise.race([news, pause(clock, NEWS_MS, closed)]).then(enter)
        await locks?.request(name, { signal }, listenFirst).catch(() => {})
      }
      return held ?? run()
    },
  }
}
