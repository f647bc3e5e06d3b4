import Link from 'next/link'
import { findAlert } from '@/server/auth/account/activity'
import type { CurrentSession } from '@/server/auth/session/dal'
import { LocalTime } from '../../_components/local-time'
import { Notice } from '../../_components/notice'
import { DismissForm } from './dismiss-form'

/** Warns a person, in every session, that a copied session was used, until the password is changed or the alert is dismissed. */
export async function SecurityAlert({ session: current }: { session: CurrentSession }) {
  const alert = await findAlert(current)
  if (alert === null) return null
  const { at, device, address, session } = alert
  return (
    <section aria-label="Security alert" data-testid="security-alert">
      <Notice tone="alarm" title="Someone else may have used your session">
        <div className="space-y-3">
          <p className="wrap-anywhere">
            On <LocalTime at={at} seconds />, an old copy of it was used from {device}, {address}.
            {session ? (
              <>
                {' '}
                You had signed in to it on <LocalTime at={session.signedInAt} seconds />, and it was
                last used from {session.device}, {session.address}. One of the two may be you.
              </>
            ) : null}
          </p>
          <p>
            We signed you out everywhere it was in use.
            {current.hasPassword ? ' Change your password.' : null}
          </p>
          <DismissForm userId={current.userId}>
            {current.hasPassword ? (
              <Link href="/account" className="button">
                Change password
              </Link>
            ) : (
              <Link href="/devices" className="button">
                See your devices
              </Link>
            )}
          </DismissForm>
        </div>
      </Notice>
    </section>
  )
}
