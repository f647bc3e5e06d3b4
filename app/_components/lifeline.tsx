const TEETH = [20, 156, 292, 428, 564]
const WIDTH = 136

/** Access tokens that burn down and are lit again, over the one session beneath them. */
export function Lifeline() {
  return (
    <figure className="card mt-12">
      <svg viewBox="0 0 720 190" fill="none" aria-hidden="true" className="w-full">
        <defs>
          <linearGradient id="cooling" x1="0" y1="0" x2="0" y2="1">
            <stop offset="0" className="[stop-color:var(--glow)]" />
            <stop offset="1" className="[stop-color:var(--ember-fill)] [stop-opacity:0.12]" />
          </linearGradient>
        </defs>
        {TEETH.map((x) => (
          <path key={x} d={tooth(x)} fill="url(#cooling)" />
        ))}
        <path d="M20 168H700" strokeWidth="4" strokeLinecap="round" className="stroke-ember-fill" />
        {/* Many requests at once, one renewal. */}
        <path
          d="M292 44 262 18M292 44 254 34M292 44 254 54M292 44 262 70"
          strokeWidth="2"
          className="stroke-edge"
        />
        {[18, 34, 54, 70].map((y, index) => (
          <circle key={y} cx={index % 3 === 0 ? 262 : 254} cy={y} r="4" className="fill-edge" />
        ))}
        {/* An answer that never arrived, and the next one that did. */}
        <path d="M412 142V44" strokeWidth="2" strokeDasharray="3 5" className="stroke-edge" />
        <circle cx="412" cy="44" r="5" strokeWidth="2" className="fill-surface stroke-edge" />
        {TEETH.map((x) => (
          <circle key={x} cx={x} cy="44" r="6" className="fill-ember-fill" />
        ))}
        {TEETH.map((x) => (
          <circle
            key={x}
            cx={x}
            cy="168"
            r="5"
            strokeWidth="3"
            className="fill-surface stroke-ember-fill"
          />
        ))}
      </svg>
      <figcaption className="mt-4 grid gap-x-8 gap-y-2 text-sm text-muted sm:grid-cols-3">
        <p>
          <strong className="text-ink">One session</strong> runs beneath. Its access tokens burn
          down above it, and each is lit again on the way to a page.
        </p>
        <p>
          <strong className="text-ink">Five requests at once?</strong> One renewal. All five are
          answered.
        </p>
        <p>
          <strong className="text-ink">The answer got lost?</strong> It is given again. Nobody signs
          in twice for a bad connection.
        </p>
      </figcaption>
    </figure>
  )
}

/** A token's life: lit at once, hot for a while, cold at the end. */
function tooth(x: number): string {
  return `M${x} 142V44C${x + 24} 98 ${x + 72} 130 ${x + WIDTH} 138V142Z`
}
