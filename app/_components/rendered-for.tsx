import type { CurrentSession } from '@/server/auth/session/dal'
import { services } from '@/server/composition'
import { ShareRendering } from './share-rendering'

/**
 * Tells this tab, and the other tabs of the browser, which user a page is rendered for. Every page of a signed-in person includes
 * it, so that the tabs learn of a sign-in with the first page after it.
 */
export async function RenderedFor({ session }: { session: CurrentSession }) {
  const now = (await services()).clock()
  const { userId, userName, accessExpiresAt } = session
  return <ShareRendering id={userId} name={userName} at={now} remainingMs={accessExpiresAt - now} />
}
