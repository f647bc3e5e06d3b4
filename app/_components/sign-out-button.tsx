'use client'

import { useSyncExternalStore } from 'react'
import { browserPerson, findOther } from './browser-person'
import { RenderedForField } from './rendered-for-field'
import { sessionClient } from './session-client'

const PATIENCE_MS = 3000

/**
 * Signs out with a plain form: it works without scripts, and the whole document goes with the session. With scripts, the other
 * tabs are told first. `userId` is whom the document was rendered for; the page in it may be a newer one.
 */
export function SignOutButton({
  userId,
  className,
  testId,
}: {
  userId: string | null
  className: string
  testId: string
}) {
  const state = useSyncExternalStore(
    browserPerson.subscribe,
    browserPerson.get,
    browserPerson.getOnServer,
  )
  return (
    <form
      method="post"
      action="/api/auth/logout"
      onSubmit={(event) => {
        // Where the session is somebody else's by now, the answer says so.
        if (findOther(state)) return
        event.preventDefault()
        const form = event.currentTarget
        const leave = () => form.submit()
        sessionClient.logout({ signal: AbortSignal.timeout(PATIENCE_MS) }).then(leave, leave)
      }}
    >
      <RenderedForField userId={state.shown?.person.id ?? userId} />
      <button type="submit" className={className} data-testid={testId}>
        Sign out
      </button>
    </form>
  )
}
