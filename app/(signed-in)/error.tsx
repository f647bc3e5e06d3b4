'use client'

/** Rendered inside the layout, so that the navigation stays. */
export default function SignedInError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <div role="alert" className="max-w-xl space-y-5 py-8">
      <h1 className="title">We can’t reach your data just now</h1>
      <p className="text-lg text-muted">
        You are still signed in. Something on our side did not respond; try again in a moment.
      </p>
      <button type="button" className="button" onClick={() => retry()}>
        Try again
      </button>
    </div>
  )
}
