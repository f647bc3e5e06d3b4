import Link from 'next/link'
import { type SessionLabel, userHistory } from '@/server/auth/account/activity'
import type { CurrentSession } from '@/server/auth/session/dal'
import type { EventPlace } from '@/session/session'
import type { EpochMs } from '@/session/time'
import { LocalTime } from '../../../_components/local-time'
import { relativeTime } from '../../../_components/relative-time'
import { type EventWords, wordsOf } from './event-words'

const DOTS: Record<EventWords['tone'], string> = {
  plain: 'border-edge bg-surface',
  notable: 'border-glow bg-glow',
  alarm: 'border-alarm bg-alarm',
}

/**
 * The latest events of all of the person's sessions, newest first; only events before `after`, if given. Ordinary renewals leave
 * no event.
 */
export async function ActivityList({
  session,
  now,
  limit,
  after = null,
}: {
  session: CurrentSession
  now: EpochMs
  /** How many events are shown. A link leads to older ones. */
  limit: number
  after?: EventPlace | null
}) {
  const events = await userHistory(session, limit, after)
  const last = events.length === limit ? events.at(-1) : null
  if (events.length === 0) {
    return <p className="text-muted">Nothing in the last 90 days. Renewals are not recorded.</p>
  }
  return (
    <>
      <ol className="ml-1.5 space-y-6 border-l-2 border-line">
        {events.map((event) => {
          const { id, kind, at, device, address, isCurrent } = event
          const { title, text, tone } = wordsOf(event)
          return (
            <li key={id} data-testid="activity" data-kind={kind} className="relative pl-6">
              <span
                aria-hidden="true"
                className={`absolute top-1.5 -left-[7px] size-3 rounded-full border-2 ${DOTS[tone]}`}
              />
              <div className="flex flex-wrap justify-between gap-x-6 gap-y-1">
                <div className="min-w-0">
                  <h3 className="font-semibold">{title}</h3>
                  <p className="text-muted">{text}</p>
                  <p className="text-sm text-muted wrap-anywhere">
                    {device}&nbsp;· {address}
                  </p>
                  <SessionLine session={event.session} isCurrent={isCurrent} />
                </div>
                <p className="text-sm sm:text-right">
                  {relativeTime(at - now)}
                  <LocalTime at={at} className="block text-muted" />
                </p>
              </div>
            </li>
          )
        })}
      </ol>
      {last ? (
        <p>
          <Link className="link" href={`/account?after=${last.at}.${last.id}#history`}>
            Older events
          </Link>
        </p>
      ) : null}
    </>
  )
}

/** Names the session of an event. */
function SessionLine({ session, isCurrent }: { session: SessionLabel | null; isCurrent: boolean }) {
  if (isCurrent) return <p className="text-sm text-muted">This session</p>
  if (session === null) return null
  return (
    <p className="text-sm text-muted wrap-anywhere">
      Session of {session.device}, signed in <LocalTime at={session.signedInAt} />
    </p>
  )
}
