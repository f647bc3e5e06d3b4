import type { Metadata } from 'next'
import { requireSession } from '@/server/dal'
import { RenderedFor } from '../../_components/rendered-for'
import { ChangePasswordForm } from './_components/change-password-form'
import { DeleteAccountForm } from './_components/delete-account-form'

export const metadata: Metadata = { title: 'Account' }

export default async function AccountPage() {
  const session = await requireSession('/account')
  const { userId, userName } = session
  return (
    <>
      <RenderedFor session={session} />
      <header className="max-w-2xl space-y-2">
        <h1 className="title">Account</h1>
        <p className="text-muted wrap-anywhere">
          You are <strong className="text-ink">{userName}</strong>.
        </p>
      </header>
      <div className="grid items-start gap-6 md:grid-cols-2">
        <section aria-labelledby="password" className="card space-y-5">
          <div className="space-y-1">
            <h2 id="password" className="heading">
              Change password
            </h2>
            <p className="text-muted">You stay signed in here; every other session ends.</p>
          </div>
          <ChangePasswordForm userId={userId} userName={userName} />
        </section>
        <section aria-labelledby="delete" className="card space-y-5">
          <div className="space-y-1">
            <h2 id="delete" className="heading">
              Delete account
            </h2>
            <p className="text-muted">
              Your name, your sessions and their history go at once, and for good.
            </p>
          </div>
          <DeleteAccountForm userId={userId} userName={userName} />
        </section>
      </div>
    </>
  )
}
