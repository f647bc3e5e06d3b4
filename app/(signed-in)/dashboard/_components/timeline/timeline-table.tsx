'use client'

import { LocalTime } from '../../../../_components/local-time'
import type { Timeline } from './timeline-model'

/** The timeline as a table, for screen readers and for copying. */
export function TimelineTable({ timeline: { bars, marks } }: { timeline: Timeline }) {
  return (
    <details data-testid="timeline-table">
      <summary className="disclosure text-muted hover:text-ink">The timeline as a table</summary>
      <table className="mt-2 w-full border-collapse text-left text-sm">
        <caption className="sr-only">The life of this session, oldest first</caption>
        <thead>
          <tr className="border-b border-line text-muted">
            <th scope="col" className="py-1.5 pr-3 font-medium">
              When
            </th>
            <th scope="col" className="py-1.5 font-medium">
              What
            </th>
          </tr>
        </thead>
        <tbody>
          {marks.map(({ id, at, title, text }) => (
            <tr key={id} className="border-b border-line align-top">
              <td className="py-1.5 pr-3">
                <LocalTime at={at} seconds />
              </td>
              <td className="py-1.5">
                {title}. <span className="text-muted">{text}</span>
              </td>
            </tr>
          ))}
          {bars.map(({ at, until }) => (
            <tr key={at} className="border-b border-line align-top">
              <td className="py-1.5 pr-3">
                <LocalTime at={at} seconds />
              </td>
              <td className="py-1.5">
                Access token.{' '}
                <span className="text-muted">
                  Until <LocalTime at={until} seconds />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
