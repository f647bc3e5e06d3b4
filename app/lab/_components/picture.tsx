import type { Board, BrowserView } from './board'
import { LANES, type Lane, type Move } from './moves'
import { MovingDot } from './moving-dot'
import { positionText } from './words'

const [TOP, BOTTOM] = [70, 380]
const NAMES: Readonly<Record<Lane, string>> = {
  browser: 'Browsers',
  network: 'Network',
  middleware: 'Middleware',
  route: 'Refresh route',
  row: 'Row',
}

/** In forced colours the page has the person's colours, and a drawing takes them over. */
const FORCED_COLORS =
  'forced-colors:[--ink:CanvasText] forced-colors:[--muted:CanvasText] forced-colors:[--surface:Canvas] forced-colors:[--line:GrayText] forced-colors:[--edge:CanvasText] forced-colors:[--good:CanvasText] forced-colors:[--alarm:LinkText] forced-colors:[--ember-fill:Highlight] forced-colors:[--on-ember:HighlightText] forced-colors:[--glow:Highlight]'

/** The y of a height between 0 and 1. */
const heightOf = (y: number) => TOP + 20 + y * (BOTTOM - TOP - 40)

/** The live picture of a scene. What it shows is also in the list of steps, so it is hidden from screen readers. */
export function Picture({
  board,
  moves,
  stepMs,
  caption,
}: {
  board: Board
  moves: readonly Move[]
  stepMs: number
  caption: string
}) {
  const decided = board.decision
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable (WCAG 2.1.1)
      tabIndex={0}
      aria-label="Picture of the scene; every step is in the list below"
      className="overflow-x-auto"
      data-testid="lab-picture"
    >
      <svg
        viewBox="0 0 960 430"
        aria-hidden="true"
        className={`w-full min-w-[44rem] ${FORCED_COLORS}`}
      >
        {(Object.keys(LANES) as Lane[]).map((lane) => (
          <LaneLine key={lane} lane={lane} isAway={isAway(lane, board)} />
        ))}
        {board.browsers.map((browser, index) => (
          <BrowserBox
            key={browser.name}
            browser={browser}
            y={heightOf(laneHeight(index, board.browsers.length))}
          />
        ))}
        {board.rows.map((row, index) => {
          const y = heightOf(laneHeight(index, board.rows.length))
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a browser may have had two sessions, and rows keep their order
            <g key={index} transform={`translate(${LANES.row} ${y})`}>
              <rect
                x="-102"
                y="-34"
                width="204"
                height="68"
                rx="12"
                strokeWidth="2"
                className={`fill-surface ${row.ended === null ? 'stroke-good' : 'stroke-alarm'}`}
              />
              <text y="-10" textAnchor="middle" className="fill-ink text-[15px] font-semibold">
                {`${board.rows.length > 1 ? `${row.of}, ` : ''}generation ${row.generation}`}
              </text>
              <text y="8" textAnchor="middle" className="fill-muted text-[13px]">
                {`branch ${row.branch}`}
              </text>
              <text
                y="25"
                textAnchor="middle"
                className={`text-[13px] font-semibold ${row.ended === null ? 'fill-good' : 'fill-alarm'}`}
              >
                {row.ended === null ? 'live' : `ended: ${row.ended.replaceAll('_', ' ')}`}
              </text>
            </g>
          )
        })}
        {decided ? (
          <g transform={`translate(${LANES.route} ${BOTTOM - 30})`}>
            <rect x="-62" y="-18" width="124" height="32" rx="16" className="fill-ember-fill" />
            <text y="4" textAnchor="middle" className="fill-on-ember text-[15px] font-semibold">
              {decided.word}
            </text>
          </g>
        ) : null}
        {moves.map((move) => (
          <MovingDot
            key={move.id}
            from={{ x: LANES[move.from], y: heightOf(move.y) }}
            to={{ x: LANES[move.to], y: heightOf(move.y) }}
            tone={move.tone}
            lost={move.lost}
            ms={stepMs * 0.8}
          />
        ))}
        <text x="480" y="416" textAnchor="middle" className="fill-muted text-[13px]">
          {caption}
        </text>
      </svg>
    </section>
  )
}

/** The height of a line, between 0 and 1, if there are `count` of them. */
export function laneHeight(index: number, count: number): number {
  return count <= 1 ? 0.5 : 0.2 + (index / (count - 1)) * 0.6
}

function isAway(lane: Lane, { away }: Board): boolean {
  return (
    (lane === 'route' && away.includes('refresh route')) ||
    (lane === 'row' && away.includes('database'))
  )
}

function LaneLine({ lane, isAway }: { lane: Lane; isAway: boolean }) {
  const x = LANES[lane]
  return (
    <g>
      <text
        x={x}
        y="30"
        textAnchor="middle"
        className={`text-[16px] font-semibold ${isAway ? 'fill-alarm' : 'fill-ink'}`}
      >
        {NAMES[lane]}
      </text>
      {isAway ? (
        <text x={x} y="48" textAnchor="middle" className="fill-alarm text-[13px] font-semibold">
          away
        </text>
      ) : null}
      <path
        d={`M${x} ${TOP - 12}V${BOTTOM}`}
        strokeWidth="2"
        strokeDasharray={lane === 'network' ? '2 7' : undefined}
        className={isAway ? 'stroke-alarm' : 'stroke-line'}
      />
    </g>
  )
}

function BrowserBox({
  browser: { name, jar, isSignedOut },
  y,
}: {
  browser: BrowserView
  y: number
}) {
  const isThief = name === 'thief'
  const line = isSignedOut ? 'stroke-alarm' : isThief ? 'stroke-edge' : 'stroke-ember-fill'
  return (
    <g transform={`translate(${LANES.browser} ${y})`}>
      <rect
        x="-100"
        y="-34"
        width="200"
        height="68"
        rx="12"
        strokeWidth="2"
        strokeDasharray={isThief ? '6 4' : undefined}
        className={`fill-surface ${line}`}
      />
      <text y="-12" textAnchor="middle" className="fill-ink text-[15px] font-semibold">
        {name}
      </text>
      <text y="7" textAnchor="middle" className="fill-muted text-[13px]">
        {jar?.refresh ? `refresh token ${positionText(jar.refresh)}` : 'no refresh token'}
      </text>
      <text
        y="25"
        textAnchor="middle"
        className={`text-[13px] ${isSignedOut ? 'fill-alarm font-semibold' : 'fill-muted'}`}
      >
        {isSignedOut ? 'signed out' : jar?.access ? 'access token good' : 'access token expired'}
      </text>
    </g>
  )
}
