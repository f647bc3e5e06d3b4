import type { CurrentSession } from '@/server/auth/session/dal'
import { services } from '@/server/composition'
import { PersonWatch } from './person-watch'

/**
 * Says whom a page is rendered for, to this tab and the others of the browser: a sign-in by form is known to them with the
 * first page after it. Every page of a signed-in person bears it.
 */
export async function RenderedFor({ session }: { session: CurrentSession }) {
  const now = (await services()).clock()
  const { userId, userName, accessExpiresAt } = session
  return <PersonWatch id={userId} name={userName} at={now} remainingMs={accessExpiresAt - now} />
}
