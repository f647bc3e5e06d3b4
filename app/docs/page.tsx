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
  description: 'Every call that this server answers, to read and to try.',
}

export default async function DocsPage() {
  // What is tried here is done with the session, so it says whose; the page itself is anybody's.
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
          Every call that this server answers, to read and to try: what you try here is done with
          your own session. For programs, the same stands in{' '}
          <a href={DESCRIPTION} className="link">
            openapi.json
          </a>
          .
        </p>
        <noscript>
          <p className="card mt-6">
            Without JavaScript there is no list here; the file above describes every call, and any
            OpenAPI tool reads it.
          </p>
        </noscript>
        <ApiBrowser url={DESCRIPTION} />
      </main>
    </>
  )
}
