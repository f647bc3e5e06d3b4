import type { Metadata } from 'next'
import Link from 'next/link'
import { apiDescription } from '@/server/api-description'
import { findSession } from '@/server/auth/session/dal'
import { services } from '@/server/composition'
import { Brand } from '../_components/brand'
import { RenderedFor } from '../_components/rendered-for'
import { SignedInHeader } from '../(signed-in)/_components/signed-in-header'
import { entriesByTag } from './_components/document'
import { type Credentials, OperationEntry } from './_components/operation-entry'

const DESCRIPTION = '/api/openapi.json'

export const metadata: Metadata = {
  title: 'API',
  description: 'The operations of this server’s API, to read and to try.',
}

export default async function DocsPage() {
  const { config } = await services()
  const { document } = apiDescription(config)
  // The page is public, but requests that are tried here use the session.
  const session = await findSession().catch(() => null)
  const tags = entriesByTag(document)
  const schemes = document.components.securitySchemes as Record<string, { description: string }>
  const credentials: Credentials = Object.fromEntries(
    Object.entries(schemes).map(([name, { description }]) => [name, description]),
  )
  return (
    <>
      {session ? (
        <>
          <RenderedFor session={session} />
          <SignedInHeader userId={session.userId} />
        </>
      ) : (
        <header className="mx-auto flex w-full max-w-5xl flex-wrap items-center justify-between gap-3 px-5 pt-6">
          <Brand />
          <Link href="/sign-in?next=%2Fdocs" prefetch={false} className="link py-2 font-medium">
            Sign in
          </Link>
        </header>
      )}
      <main
        id="main"
        tabIndex={-1}
        className="mx-auto w-full max-w-5xl grow space-y-10 px-5 pt-8 pb-20 sm:pt-12"
      >
        <header className="max-w-2xl space-y-3">
          <h1 className="title">API</h1>
          <p className="text-muted">
            The operations of this server’s API, to read and to try. Programs can read{' '}
            <a href={DESCRIPTION} className="link">
              openapi.json
            </a>
            .
          </p>
          <p data-testid="who" className="wrap-anywhere">
            {session ? (
              <>
                Signed in as <strong>{session.userName}</strong>: what you try here uses your own
                session.
              </>
            ) : (
              'You are not signed in. What you try here is sent without a session.'
            )}
          </p>
          <p className="not-noscript:hidden text-muted">
            Without scripts nothing can be tried here; the commands work in a shell.
          </p>
        </header>
        <nav aria-label="Groups of operations">
          <ul className="flex flex-wrap gap-x-5 gap-y-1">
            {[...tags.keys()].map((tag) => (
              <li key={tag}>
                <a href={`#${slugOf(tag)}`} className="link inline-block py-1.5">
                  {tag}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {[...tags].map(([tag, entries]) => (
          <section key={tag} aria-labelledby={slugOf(tag)} className="space-y-3">
            <h2 id={slugOf(tag)} className="heading scroll-mt-4">
              {tag}
            </h2>
            {entries.map((entry) => (
              <OperationEntry
                key={entry.id}
                entry={entry}
                credentials={credentials}
                origin={config.appOrigin}
              />
            ))}
          </section>
        ))}
      </main>
    </>
  )
}

function slugOf(tag: string): string {
  return `group-${tag.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`
}
