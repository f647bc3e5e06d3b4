import type { ReactNode } from 'react'
import { SessionNotice } from './_components/session-notice'
import { SignedInHeader } from './_components/signed-in-header'

/** The frame of the protected pages. It shows nothing of anybody: each page asks for its session itself. */
export default function SignedInLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <SignedInHeader />
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
