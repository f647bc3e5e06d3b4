'use client'

import { useSyncExternalStore } from 'react'
import { browserPerson, findOther } from './browser-person'
import { RenderedForField } from './rendered-for-field'
import { sessionClient } from './session-client'

/** How long the client may take to sign out before the form is posted anyway. */
const SIGN_OUT_TIMEOUT_MS = 3000

/**
 * Signs out with a plain form, so that it works without scripts and loads a new document. With scripts, the other tabs are told
 * first. `userId` is the user that the document was rendered for; after a client-side navigation the page may be a newer one.
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
        // If another user is signed in by now, the response to the posted form says so.
        if (findOther(state)) return
        event.preventDefault()
        const form = event.currentTarget
        const leave = () => form.submit()
        sessionClient
          .logout({ signal: AbortSignal.timeout(SIGN_OUT_TIMEOUT_MS) })
          .then(leave, leave)
      }}
    >
      <RenderedForField userId={state.shown?.person.id ?? userId} />
      <button type="submit" className={className} data-testid={testId}>
        Sign out
      </button>
    </form>
  )
}
