import type { Metadata } from 'next'
import Link from 'next/link'
import { findSession } from '@/server/auth/session/dal'
import { Problem } from './_components/problem'
import { RenderedFor } from './_components/rendered-for'
import { SignedInHeader } from './(signed-in)/_components/signed-in-header'

export const metadata: Metadata = { title: 'Not found' }

export default async function NotFound() {
  // The session decides only which link is shown, so this page renders even while the database is down.
  const session = await findSession().catch(() => null)
  return (
    <>
      {session ? (
        <>
          <RenderedFor session={session} />
          <SignedInHeader userId={session.userId} />
        </>
      ) : null}
      <Problem
        title="Page not found"
        wayOn={
          session ? (
            <Link href="/dashboard" className="button">
              Go to your dashboard
            </Link>
          ) : (
            <Link href="/" className="button">
              Go to the home page
            </Link>
          )
        }
      >
        <p>There is no page at this address. It may have moved, or the link has a typo.</p>
      </Problem>
    </>
  )
}
