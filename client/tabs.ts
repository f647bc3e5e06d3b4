import type { SignOutReason } from './errors'
import type { Limited } from './limit'
import type { Scope, Signal } from './platform'

/** What one tab tells the others that share its session: it was renewed, or it is over. */
export type News =
  | {
      /** How long the access token still serves, in milliseconds; NaN where nobody knows. */
      readonly ms: number
      /** The access token, where script holds it. */
      readonly access: string | false | undefined
      /** Whether somebody signed in. */
      readonly login?: boolean | undefined
      readonly reason?: undefined
    }
  | {
      readonly reason: SignOutReason | null
      readonly access?: undefined
      readonly login?: undefined
    }

/** The other tabs that share what is called `name`, as far as `platform` can reach them. */
export function openTabs(
  { BroadcastChannel, navigator }: Pick<Scope, 'BroadcastChannel' | 'navigator'>,
  name: string,
  limited: Limited,
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
    /**
     * Runs `turn` while no other tab runs its own, and no longer than the limit. Who is not let in by then goes without, as a tab
     * may be frozen, and the server can take a race.
     */
    async alone(turn: (signal: Signal) => Promise<void>, given?: Signal | null): Promise<void> {
      let leave: (() => void) | undefined
      const admission = (signal: Signal) =>
        new Promise<void>((enter, fail) => {
          const stay = () =>
            new Promise<void>((resolve) => {
              leave = resolve
              enter()
            })
          navigator?.locks?.request(name, { signal }, stay).catch(fail) ?? enter()
        })
      try {
        await limited(admission, given).catch(() => {})
        await limited(turn, given)
      } finally {
        leave?.()
      }
    },
  }
}
