import type { Metadata } from 'next'
import 'swagger-ui-dist/swagger-ui.css'
import { findSession } from '@/server/auth/session/dal'
import { Brand } from '../_components/brand'
import { RenderedFor } from '../_components/rendered-for'
import { ApiBrowser } from './_components/api-browser'
import './_components/api-browser.css'

const DESCRIPTION = '/api/openapi.json'

export const metadata: Metadata = {
  title: 'API',
  description: 'The operations of this server’s API, to read and to try.',
}

export default async function DocsPage() {
  // The page is public, but requests that are tried here use the session.
  const session = await findSession().catch(() => null)
  return (
    <>
      {session ? <RenderedFor session={session} /> : null}
      <header className="mx-auto w-full max-w-5xl px-5 pt-6">
        <Brand />
      </header>
      <main id="main" tabIndex={-1} className="mx-auto w-full max-w-5xl grow px-5 pt-10 pb-20">
        <h1 className="title">API</h1>
        <p className="mt-3 max-w-2xl text-muted">
          The operations of this server’s API, to read and to try. What you try here uses your own
          session. Programs can read{' '}
          <a href={DESCRIPTION} className="link">
            openapi.json
          </a>
          .
        </p>
        <noscript>
          <p className="card mt-6">
            Without JavaScript this page has no list. The file above describes every operation, and
            any OpenAPI tool can read it.
          </p>
        </noscript>
        <ApiBrowser url={DESCRIPTION} />
      </main>
    </>
  )
}
