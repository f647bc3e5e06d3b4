import type { SignedInDevice } from '@/server/auth/account/device-list'
import type { CurrentSession } from '@/server/auth/session/dal'
import type { EpochMs } from '@/session/time'
import { LocalTime } from '../../../_components/local-time'
import { relativeTime } from '../../../_components/relative-time'
import { SignOutButton } from '../../../_components/sign-out-button'
import { DeviceIcon } from './device-icon'
import { EndButton, EndForm } from './end-sessions'
import { RenameForm } from './rename-form'

/** A session, and what its owner can do with it: name its device, sign it out, or say that it is a stranger's. */
export function DeviceRow({
  owner: { userId, hasPassword },
  device: row,
  now,
}: {
  owner: Pick<CurrentSession, 'userId' | 'hasPassword'>
  device: SignedInDevice
  now: EpochMs
}) {
  const { sessionId, device, givenName, title, address, isCurrent } = row
  return (
    <li
      data-testid="device-row"
      data-current={isCurrent}
      className="card grid items-start gap-x-5 gap-y-5 sm:grid-cols-[2rem_minmax(0,1fr)_9rem]"
    >
      <DeviceIcon kind={device.kind} />
      <div className="min-w-0 space-y-4">
        <h3 className="flex flex-wrap items-center gap-x-2 gap-y-1 font-semibold wrap-anywhere">
          <span className="min-w-0">{title}</span>
          {isCurrent ? (
            <span className="rounded-full bg-ember-wash px-2.5 py-0.5 text-sm font-medium text-ember">
              this device
            </span>
          ) : null}
          {givenName === null ? null : (
            <span className="basis-full text-sm font-normal text-muted">{device.label}</span>
          )}
        </h3>
        <dl className="grid gap-x-6 gap-y-3 text-sm min-[26rem]:grid-cols-2 lg:grid-cols-4">
          <Fact name="Last seen" at={row.lastSeenAt} now={now} />
          <Fact name="Signed in" at={row.signedInAt} now={now} />
          <Fact name="Expires if unused" at={row.expiresAt} now={now} />
          <div>
            <dt className="text-muted">Address</dt>
            <dd className="font-mono wrap-anywhere">{address}</dd>
          </div>
        </dl>
      </div>
      {isCurrent ? (
        <SignOutButton userId={userId} className="button-quiet w-full" testId="end-current" />
      ) : (
        <EndForm>
          <EndButton
            end={sessionId}
            className="button-quiet w-full"
            label={`Sign out ${title}`}
            testId="end-session"
          >
            Sign out
          </EndButton>
        </EndForm>
      )}
      <div className="flex flex-wrap items-start gap-x-5 gap-y-1 border-t border-line pt-3 -mb-2 sm:col-span-3">
        <RenameForm userId={userId} sessionId={sessionId} title={title} givenName={givenName} />
        {isCurrent ? null : <NotMe title={title} hasPassword={hasPassword} />}
      </div>
    </li>
  )
}

function Fact({ name, at, now }: { name: string; at: EpochMs; now: EpochMs }) {
  return (
    <div>
      <dt className="text-muted">{name}</dt>
      <dd>
        {relativeTime(at - now)}
        <LocalTime at={at} className="block text-muted" />
      </dd>
    </div>
  )
}

/** For a device that its owner does not recognise. Asks for confirmation, and works without scripts. */
function NotMe({ title, hasPassword }: { title: string; hasPassword: boolean }) {
  return (
    <details className="open:basis-full" data-testid="not-me">
      <summary className="disclosure text-alarm">
        This was not me<span className="sr-only">: {title}</span>
      </summary>
      <div className="mt-2 max-w-xl space-y-3 rounded-xl border border-alarm px-4 py-3">
        <p>
          Someone else may be signed in as you. We sign out every device but this one
          {hasPassword ? ', and you choose a new password.' : '.'}
        </p>
        <EndForm>
          <EndButton
            end="not-me"
            className="button-alarm w-full sm:w-auto"
            label={`Sign out everything else, because ${title} was not me`}
            testId="not-me-confirm"
          >
            Sign out everything else
          </EndButton>
        </EndForm>
      </div>
    </details>
  )
}
