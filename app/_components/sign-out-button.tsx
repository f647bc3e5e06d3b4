'use client'

import { sessionClient } from './session-client'

const PATIENCE_MS = 3000

/**
 * Signs out with a plain form: it works without scripts, and the whole document goes with the session. With scripts, the other
 * tabs are told first.
 */
export function SignOutButton({ className, testId }: { className: string; testId: string }) {
  return (
    <form
      method="post"
      action="/api/auth/logout"
      onSubmit={(event) => {
        event.preventDefault()
        const form = event.currentTarget
        const leave = () => form.submit()
        sessionClient.logout({ signal: AbortSignal.timeout(PATIENCE_MS) }).then(leave, leave)
      }}
    >
      <button type="submit" className={className} data-testid={testId}>
        Sign out
      </button>
    </form>
  )
}
