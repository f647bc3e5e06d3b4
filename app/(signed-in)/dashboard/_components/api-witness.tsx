'use client'

import { useState } from 'react'

type Answer =
  | { readonly kind: 'none' | 'asking' | 'unreachable' | 'signed out' }
  | { readonly kind: 'seen'; readonly userName: string }

/** Asks the API for the signed-in user, with the cookies only, like any script of this site. */
export function ApiWitness() {
  const [answer, setAnswer] = useState<Answer>({ kind: 'none' })
  const isAsking = answer.kind === 'asking'
  return (
    <div className="space-y-3">
      <button
        type="button"
        className="button-quiet w-full noscript:hidden"
        data-testid="api-run"
        aria-disabled={isAsking}
        onClick={async () => {
          if (isAsking) return
          setAnswer({ kind: 'asking' })
          setAnswer(await whoAmI())
        }}
      >
        {isAsking ? 'Asking…' : 'Ask who I am'}
      </button>
      <p className="text-sm text-muted not-noscript:hidden">Scripts are off in this browser.</p>
      <p role="status" data-testid="api-result" className="min-h-12 text-sm">
        {answer.kind === 'seen' ? (
          <>
            Answered for <strong className="wrap-anywhere">{answer.userName}</strong>
          </>
        ) : null}
        {answer.kind === 'unreachable' ? 'No answer just now. Try again in a moment.' : null}
        {answer.kind === 'signed out' ? (
          <a href="/dashboard" className="link">
            This session has ended: sign in again
          </a>
        ) : null}
      </p>
    </div>
  )
}

async function whoAmI(): Promise<Answer> {
  try {
    const response = await fetch('/api/me', { cache: 'no-store' })
    if (response.status === 401) return { kind: 'signed out' }
    if (!response.ok) return { kind: 'unreachable' }
    const { user } = (await response.json()) as { user: { name: string } }
    return { kind: 'seen', userName: user.name }
  } catch {
    return { kind: 'unreachable' }
  }
}
