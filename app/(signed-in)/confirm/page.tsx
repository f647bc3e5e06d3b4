import type { Metadata } from 'next'
import { confirmPath, parseReturnPath } from '@/http/address/return-path'
import { requireSession } from '@/server/auth/session/dal'
import { RenderedFor } from '../../_components/rendered-for'
import { ConfirmForm } from './_components/confirm-form'

export const metadata: Metadata = { title: 'Confirm your password' }

/** `requireRecentAuth` redirects here if the password was entered too long ago. */
export default async function ConfirmPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const { next: given } = await searchParams
  const next = parseReturnPath(typeof given === 'string' ? given : null)
  const session = await requireSession(confirmPath(next))
  const { userId, userName } = session
  return (
    <div className="max-w-md space-y-6">
      <RenderedFor session={session} />
      <header className="space-y-2">
        <h1 className="title">Confirm your password</h1>
        <p className="text-muted">You signed in a while ago. Enter your password to continue.</p>
      </header>
      <div className="card">
        <ConfirmForm userId={userId} userName={userName} next={next} />
      </div>
    </div>
  )
}
