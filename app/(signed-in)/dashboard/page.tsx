import type { Metadata } from 'next'
import { requireSession } from '@/server/auth/session/dal'
import { readLife } from '@/server/auth/session/life'
import { services } from '@/server/composition'
import { LocalTime } from '../../_components/local-time'
import { Notice } from '../../_components/notice'
import { RenderedFor } from '../../_components/rendered-for'
import { SecurityAlert } from '../_components/security-alert'
import { AccessCountdown } from './_components/access-countdown'
import { ActivityList } from './_components/activity-list'
import { SessionFacts } from './_components/session-facts'
import { SessionTimeline } from './_components/timeline/timeline'
import { Witnesses } from './_components/witnesses'

export const metadata: Metadata = { title: 'Dashboard' }

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> }

export default async function DashboardPage({ searchParams }: Props) {
  const session = await requireSession('/dashboard')
  const { config, clock } = await services()
  const now = clock()
  const life = await readLife(session)
  const { accessTokenMs: lifetimeMs, leewayMs } = config
  const { notice } = await searchParams
  return (
    <>
      <RenderedFor session={session} />
      {notice === 'another' ? <OtherUserNotice userName={session.userName} /> : null}
      <SecurityAlert session={session} />
      <header className="space-y-2">
        <h1 className="title">Hello, {session.userName}</h1>
        <p className="text-muted">
          {/* The time is shorter once it is local, and must not take a line away from a small screen then. */}
          Signed in here since <br className="sm:hidden" />
          <LocalTime at={session.createdAt} />.
        </p>
      </header>
      <div className="grid gap-6 md:grid-cols-2">
        <section aria-labelledby="token" className="card flex flex-col gap-5">
          <h2 id="token" className="heading">
            This access token
          </h2>
          <AccessCountdown
            key={session.accessExpiresAt}
            userId={session.userId}
            remainingMs={session.accessExpiresAt - now}
            lifetimeMs={lifetimeMs}
          />
        </section>
        <section aria-labelledby="session" className="card space-y-5">
          <h2 id="session" className="heading">
            This session
          </h2>
          <SessionFacts initial={life} config={{ lifetimeMs, leewayMs }} />
        </section>
      </div>
      <section aria-labelledby="life" className="card space-y-5">
        <h2 id="life" className="heading">
          The life of this session
        </h2>
        <SessionTimeline initial={life} config={{ lifetimeMs, leewayMs }} />
      </section>
      <section aria-labelledby="witnesses" className="card space-y-5">
        <h2 id="witnesses" className="heading">
          Who the server sees
        </h2>
        <Witnesses session={session} />
      </section>
      <section aria-labelledby="activity" className="card space-y-5">
        <h2 id="activity" className="heading">
          What happened to your sessions
        </h2>
        <ActivityList session={session} now={now} limit={6} />
      </section>
    </>
  )
}

/** Shown after a sign-out form was refused, because its page had been rendered for another user. */
function OtherUserNotice({ userName }: { userName: string }) {
  return (
    <div role="alert" data-testid="another-notice">
      <Notice tone="alarm" title={`You are now signed in as ${userName} in this browser`}>
        The page where you signed out was loaded for another user, so nobody was signed out.
      </Notice>
    </div>
  )
}
