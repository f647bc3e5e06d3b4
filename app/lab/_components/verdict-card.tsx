import type { Verdict } from '@/server/lab/event'
import { rowText } from './words'

/** What the database says at the end of a scene. */
export function VerdictCard({
  verdict,
  isRunning,
}: {
  verdict: Verdict | null
  isRunning: boolean
}) {
  return (
    <section className="card space-y-3" aria-labelledby="verdict" data-testid="lab-verdict">
      <h3 id="verdict" className="heading">
        Rekindle <span className="text-sm text-muted">(this server)</span>
      </h3>
      {verdict === null ? (
        <p className="text-muted">
          {isRunning
            ? 'The scene is playing. The verdict is read from the database at its end.'
            : 'The verdict is read from the database when the scene is over.'}
        </p>
      ) : (
        <>
          <p className={`font-semibold ${verdict.holds ? 'text-good' : 'text-alarm'}`}>
            {verdict.holds ? 'As promised: ' : 'Not as promised: '}
            {verdict.promise}
          </p>
          <ul className="space-y-1 text-sm">
            {verdict.rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the verdict does not change
              <li key={index}>
                Session of the {row.of}: {rowText(row)}
              </li>
            ))}
          </ul>
          <p className="text-sm text-muted">
            Recorded events: {verdict.events.map((kind) => kind.replaceAll('_', ' ')).join(', ')}
          </p>
        </>
      )}
    </section>
  )
}
