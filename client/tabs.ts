import type { SignOutReason } from './errors'
import type { Scope } from './platform'

/** What one tab tells the others that share its session: it was renewed, or it is over. */
export type News =
  | {
      /** How long the access token still serves, in milliseconds; NaN where nobody knows. */
      readonly ms: number
      /** The access token, where script holds it. */
      readonly access: string | undefined
    }
  | { readonly reason: SignOutReason | null; readonly access?: undefined }

/** The other tabs that share what is called `name`, as far as `platform` can reach them. */
export function openTabs(
  { BroadcastChannel, navigator }: Pick<Scope, 'BroadcastChannel' | 'navigator'>,
  name: string,
  patienceMs: number,
  listen: (news: News) => void,
) {
  const channel = BroadcastChannel && new BroadcastChannel(name)
  if (channel) {
    channel.unref?.()
    channel.onmessage = ({ data }) => listen(data as News)
  }
  return {
    tell: (news: News) => channel?.postMessage(news),
    close: () => channel?.close(),
    /** Runs `run` while no other tab does; after `patienceMs` at the latest, as the server can take a race. */
    alone(run: () => Promise<void>): Promise<void> {
      const locks = navigator?.locks
      if (!locks) return run()
      let held: Promise<void> | undefined
      const enter = () => {
        held = run()
        return held
      }
      const signal = AbortSignal.timeout(patienceMs)
      return locks.request(name, { signal }, enter).catch(() => held ?? run())
    },
  }
}
