import Link from 'next/link'
import { LabFilm } from './lab-film'

const PAGE = `import { RenderedFor } from '@/app/_components/rendered-for'
import { requireSession } from '@/server/auth/session/dal'
export default async function Page() {
  const session = await requireSession('/reports')
  return <main><RenderedFor session={session} />Reports for {session.userName}</main>
}`

/** The part of the home page with the command to run, a page to copy and the film of the lab. Without motion it is a still. */
export function TryIt({ hasLab }: { hasLab: boolean }) {
  return (
    <section aria-labelledby="try" className="space-y-6">
      <h2 id="try" className="font-display text-3xl leading-tight font-semibold">
        See it work
      </h2>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
        <p>One command takes a fresh clone to a running app, with a user to sign in as.</p>
        <Code label="The command">npm run up</Code>
        <p>A protected page is six lines. The fourth asks for the session.</p>
        <Code label="A protected page">{PAGE}</Code>
        <p className="mt-2">
          {hasLab ? (
            <>
              See races, lost responses and thieves meet this very server:{' '}
              <Link href="/lab?scene=thief-first" prefetch={false} className="link font-medium">
                open the lab
              </Link>
              .
            </>
          ) : (
            <>
              <code className="font-mono">npm run lab</code> plays races, lost responses and thieves
              against the running server.
            </>
          )}
        </p>
      </div>
      <figure className="card space-y-4">
        <LabFilm />
        <figcaption className="text-sm text-muted">
          A thief copies the cookies and goes first. One exchange later the session is over, and the
          owner is told why.
          {hasLab ? (
            <>
              {' '}
              <Link href="/lab?scene=thief-first" prefetch={false} className="link">
                Run it yourself
              </Link>
            </>
          ) : null}
        </figcaption>
      </figure>
    </section>
  )
}

/** Code that can be scrolled with the keyboard where it is wider than the screen. */
function Code({ label, children }: { label: string; children: string }) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable (WCAG 2.1.1)
      tabIndex={0}
      aria-label={label}
      className="overflow-x-auto rounded-xl border border-line bg-surface"
    >
      <pre className="px-4 py-3 font-mono text-sm leading-6">{children}</pre>
    </section>
  )
}
