import type { Metadata } from 'next'
import { requireSession } from '@/server/auth/session/dal'
import { services } from '@/server/composition'
import type { EventPlace } from '@/session/session'
import { Notice } from '../../_components/notice'
import { RenderedFor } from '../../_components/rendered-for'
import { SecurityAlert } from '../_components/security-alert'
import { ActivityList } from '../dashboard/_components/activity-list'
import { ChangePasswordForm } from './_components/change-password-form'
import { DeleteAccountForm } from './_components/delete-account-form'

type SearchParams = Promise<Record<string, string | string[] | undefined>>

export const metadata: Metadata = { title: 'Account' }

export default async function AccountPage({ searchParams }: { searchParams: SearchParams }) {
  const session = await requireSession('/account')
  const { userId, userName, hasPassword } = session
  const { after, notice } = await searchParams
  return (
    <>
      <RenderedFor session={session} />
      <SecurityAlert session={session} />
      <header className="max-w-2xl space-y-2">
        <h1 className="title">Account</h1>
        <p className="text-muted wrap-anywhere">
          Signed in as <strong className="text-ink">{userName}</strong>
        </p>
      </header>
      {notice === 'not-me' && hasPassword ? (
        <div role="status" data-testid="not-me-notice">
          <Notice tone="alarm" title="Every other device is signed out. Now change your password">
            The person who used your account may know your password.
          </Notice>
        </div>
      ) : null}
      <div className="grid items-start gap-6 md:grid-cols-2">
        {hasPassword ? (
          <section aria-labelledby="password" className="card space-y-5">
            <div className="space-y-1">
              <h2 id="password" className="heading">
                Change password
              </h2>
              <p className="text-muted">You stay signed in here; every other session ends.</p>
            </div>
            <ChangePasswordForm userId={userId} userName={userName} />
          </section>
        ) : null}
        <section aria-labelledby="delete" className="card space-y-5">
          <div className="space-y-1">
            <h2 id="delete" className="heading">
              Delete account
            </h2>
            <p className="text-muted">
              Your name, your sessions and their history are deleted at once and for good.
            </p>
          </div>
          <DeleteAccountForm userId={userId} userName={userName} hasPassword={hasPassword} />
        </section>
      </div>
      <section aria-labelledby="history" className="card space-y-5">
        <div className="space-y-1">
          <h2 id="history" className="heading">
            History
          </h2>
          <p className="text-muted">
            What happened in all of your sessions in the last 90 days, ended ones too.
          </p>
        </div>
        <ActivityList
          session={session}
          now={(await services()).clock()}
          limit={20}
          after={placeOf(after)}
        />
      </section>
    </>
  )
}

/** The position in the history that a URL names, or null for the newest event. */
function placeOf(after: string | string[] | undefined): EventPlace | null {
  const [, at, id] = /^(\d{1,15})\.(\d{1,15})$/.exec(String(after)) ?? []
  return at && id ? { at: Number(at), id: Number(id) } : null
}
