import type { SignedInDevice } from '@/server/auth/account/device-list'
import type { EpochMs } from '@/session/time'
import { ActionButton } from '../../../_components/form/action-button'
import { Moment } from '../../../_components/moment'
import { relativeTime } from '../../../_components/relative-time'
import { SignOutButton } from '../../../_components/sign-out-button'
import { DeviceIcon } from './device-icon'

/** A session, and the button that signs it out. */
export function DeviceRow({
  userId,
  device: row,
  now,
}: {
  userId: string
  device: SignedInDevice
  now: EpochMs
}) {
  const { sessionId, device, address, signedInAt, lastSeenAt, isCurrent } = row
  return (
    <li
      data-testid="device-row"
      data-current={isCurrent}
      className="card flex flex-wrap items-start gap-x-5 gap-y-4"
    >
      <DeviceIcon kind={device.kind} />
      <div className="min-w-40 flex-1 space-y-2">
        <h3 className="font-semibold wrap-anywhere">
          {device.label}
          {isCurrent ? (
            <span className="ml-2 inline-block rounded-full bg-ember-wash px-2.5 py-0.5 text-sm font-medium text-ember">
              this device
            </span>
          ) : null}
        </h3>
        <dl className="grid gap-x-8 gap-y-2 text-sm sm:grid-cols-3">
          <div>
            <dt className="text-muted">Last seen</dt>
            <dd>
              {relativeTime(lastSeenAt - now)}
              <Moment at={lastSeenAt} className="block text-muted" />
            </dd>
          </div>
          <div>
            <dt className="text-muted">Signed in</dt>
            <dd>
              {relativeTime(signedInAt - now)}
              <Moment at={signedInAt} className="block text-muted" />
            </dd>
          </div>
          <div>
            <dt className="text-muted">Address</dt>
            <dd className="font-mono wrap-anywhere">{address}</dd>
          </div>
        </dl>
      </div>
      {isCurrent ? (
        <SignOutButton userId={userId} className="button-quiet" testId="end-current" />
      ) : (
        <ActionButton
          name="end"
          value={sessionId}
          className="button-quiet"
          busy="Signing out…"
          aria-label={`Sign out ${device.label}`}
          data-testid="end-session"
        >
          Sign out
        </ActionButton>
      )}
    </li>
  )
}
