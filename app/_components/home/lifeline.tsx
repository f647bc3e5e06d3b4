const TEETH = [20, 156, 292, 428, 564]
const WIDTH = 136

/** The figure on the home page: access tokens that expire and are renewed, above the one session. */
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
        {/* Several requests at once, one renewal. */}
        <path
          d="M292 44 262 18M292 44 254 34M292 44 254 54M292 44 262 70"
          strokeWidth="2"
          className="stroke-edge"
        />
        {[18, 34, 54, 70].map((y, index) => (
          <circle key={y} cx={index % 3 === 0 ? 262 : 254} cy={y} r="4" className="fill-edge" />
        ))}
        {/* A lost response, and the next one. */}
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
          <strong className="text-ink">One session</strong> lasts. Its access tokens expire after
          minutes, and each is renewed before a page renders.
        </p>
        <p>
          <strong className="text-ink">Five requests at once?</strong> One renewal. All five are
          answered.
        </p>
        <p>
          <strong className="text-ink">A response got lost?</strong> It is sent again. A bad
          connection signs nobody out.
        </p>
      </figcaption>
    </figure>
  )
}

/** The path of one token, from its issue to its expiry. */
function tooth(x: number): string {
  return `M${x} 142V44C${x + 24} 98 ${x + 72} 130 ${x + WIDTH} 138V142Z`
}
