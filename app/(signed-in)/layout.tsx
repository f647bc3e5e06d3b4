import type { ReactNode } from 'react'
import { findSession } from '@/server/auth/session/dal'
import { SessionNotice } from './_components/session-notice'
import { SignedInHeader } from './_components/signed-in-header'

/** The layout of the protected pages. It shows no personal data: each page checks the session itself. */
export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const session = await findSession().catch(() => null)
  return (
    <>
      <SignedInHeader userId={session?.userId ?? null} />
      <main
        id="main"
        tabIndex={-1}
        className="mx-auto w-full max-w-5xl grow space-y-8 px-5 pt-8 pb-16 sm:pt-12"
      >
        <SessionNotice />
        {children}
      </main>
    </>
  )
}
