import Link from 'next/link'
import { findSession } from '@/server/auth/session/dal'
import { services } from '@/server/composition'
import { Brand } from './_components/brand'
import { ExpirySteps } from './_components/home/expiry-steps'
import { Lifeline } from './_components/home/lifeline'
import { Promises } from './_components/home/promises'
import { TryIt } from './_components/home/try-it'
import { RenderedFor } from './_components/rendered-for'

export default async function HomePage() {
  // This page needs no session, so it renders even while the database is down.
  const session = await findSession().catch(() => null)
  const { isOpen, hasLab } = await services().then(
    ({ config, lab }) => ({ isOpen: config.registration === 'open', hasLab: lab !== null }),
    () => ({ isOpen: false, hasLab: false }),
  )
  return (
    <>
      {session ? <RenderedFor session={session} /> : null}
      <header className="mx-auto flex w-full max-w-5xl flex-wrap items-center justify-between gap-3 px-5 pt-6">
        <Brand />
        <Link href="/dashboard" prefetch={false} className="link py-2 font-medium">
          {session ? 'Dashboard' : 'Sign in'}
        </Link>
      </header>
      <main id="main" tabIndex={-1} className="mx-auto w-full max-w-5xl grow space-y-20 px-5 pb-20">
        <section className="pt-14 sm:pt-20">
          <h1 className="max-w-3xl font-display text-5xl leading-[1.05] font-semibold tracking-tight sm:text-7xl">
            Login that never drops
          </h1>
          <p className="mt-6 max-w-2xl text-lg text-muted sm:text-xl">
            Access tokens live for minutes, sessions for weeks. Rekindle renews the one with the
            other before your page renders, however many tabs, retries and lost responses race for
            it.
          </p>
          <div className="mt-8 flex flex-wrap gap-3">
            {session ? (
              <Link href="/dashboard" prefetch={false} className="button">
                Go to your dashboard
              </Link>
            ) : (
              <>
                {isOpen ? (
                  <Link href="/sign-up" prefetch={false} className="button">
                    Create an account
                  </Link>
                ) : null}
                <Link
                  href="/dashboard"
                  prefetch={false}
                  className={isOpen ? 'button-quiet' : 'button'}
                >
                  Sign in
                </Link>
              </>
            )}
            {hasLab ? (
              <Link href="/lab?scene=thief-first" prefetch={false} className="button-quiet">
                Open the lab
              </Link>
            ) : null}
          </div>
          <Lifeline />
        </section>
        <TryIt hasLab={hasLab} />
        <Promises />
        <ExpirySteps />
      </main>
      <footer className="mx-auto w-full max-w-5xl px-5">
        <p className="border-t border-line py-6 text-sm text-muted">
          Rekindle is a Next.js app that you clone and own. MIT licensed. Programs can use it, too:{' '}
          <Link href="/docs" prefetch={false} className="link">
            the API
          </Link>
          .
        </p>
      </footer>
    </>
  )
}
