import type { ReactNode } from 'react'
import { Brand } from '../_components/brand'
import { SignOutButton } from '../_components/sign-out-button'
import { SessionNotice } from './_components/session-notice'
import { SiteNav } from './_components/site-nav'

/** The frame of the protected pages. It shows nothing of anybody: each page asks for its session itself. */
export default function SignedInLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <header className="mx-auto w-full max-w-5xl px-5 pt-3">
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 border-b border-line">
          <Brand />
          <SiteNav />
          <div className="py-1.5">
            <SignOutButton className="button-quiet" testId="sign-out" />
          </div>
        </div>
      </header>
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
