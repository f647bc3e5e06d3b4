import { recentActivity } from '@/server/activity'
import type { CurrentSession } from '@/server/dal'
import type { EpochMs } from '@/session/store'
import { Moment } from '../../../_components/moment'
import { relativeTime } from '../../../_components/relative-time'
import { EVENT_WORDS, type EventWords } from './event-words'

const SHOWN = 20

const DOTS: Record<EventWords['tone'], string> = {
  plain: 'border-edge bg-surface',
  notable: 'border-glow bg-glow',
  alarm: 'border-alarm bg-alarm',
}

/** The latest events of the session, newest first. Ordinary renewals are none: they leave no row. */
export async function ActivityList({ session, now }: { session: CurrentSession; now: EpochMs }) {
  const events = await recentActivity(session, SHOWN)
  if (events.length === 0) {
    return <p className="text-muted">Nothing in the last 90 days: renewals alone leave no trace.</p>
  }
  return (
    <ol className="ml-1.5 space-y-6 border-l-2 border-line">
      {events.map(({ id, kind, at, device, address }) => {
        const { title, text, tone } = EVENT_WORDS[kind]
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
                  {device} · {address}
                </p>
              </div>
              <p className="text-sm sm:text-right">
                {relativeTime(at - now)}
                <Moment at={at} className="block text-muted" />
              </p>
            </div>
          </li>
        )
      })}
    </ol>
  )
}
