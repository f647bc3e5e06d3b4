'use client'

import { Problem } from './_components/problem'

export default function ErrorPage({ retry }: { error: unknown; retry: () => void }) {
  return (
    <Problem
      title="We can’t answer just now"
      wayOn={
        <button type="button" className="button" onClick={() => retry()}>
          Try again
        </button>
      }
    >
      <p>Something on our side did not respond. You were not signed out; try again in a moment.</p>
    </Problem>
  )
}
