import type { Metadata } from 'next'
import Link from 'next/link'
import { confirmPath, parseReturnPath, signInAgainPath } from '@/http/address/return-path'
import { requireSession } from '@/server/auth/session/dal'
import { RenderedFor } from '../../_components/rendered-for'
import { ConfirmForm } from './_components/confirm-form'

export const metadata: Metadata = { title: 'Confirm that it is you' }

/** `requireRecentAuth` redirects here if the password was entered too long ago. A user without one is asked to sign in again. */
export default async function ConfirmPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const { next: given } = await searchParams
  const next = parseReturnPath(typeof given === 'string' ? given : null)
  const session = await requireSession(confirmPath(next))
  const { userId, userName, hasPassword } = session
  return (
    <div className="max-w-md space-y-6">
      <RenderedFor session={session} />
      <header className="space-y-2">
        <h1 className="title">{hasPassword ? 'Confirm your password' : 'Sign in again'}</h1>
        <p className="text-muted">
          You signed in a while ago. {hasPassword ? 'Enter your password' : 'Sign in again'} to
          continue.
        </p>
      </header>
      <div className="card">
        {hasPassword ? (
          <ConfirmForm userId={userId} userName={userName} next={next} />
        ) : (
          <Link href={signInAgainPath(next)} className="button" data-testid="sign-in-again">
            Sign in again
          </Link>
        )}
      </div>
    </div>
  )
}
