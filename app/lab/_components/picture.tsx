import { Fragment } from 'react'
import type { Board } from './board'
import { BrowserBox, RowBox } from './boxes'
import { LANES, type Lane, type Layout, type Point, TALL, WIDE } from './layout'
import type { Move } from './moves'
import { MovingDot } from './moving-dot'

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

interface Scenery {
  readonly board: Board
  readonly moves: readonly Move[]
  readonly stepMs: number
  readonly caption: string
}

/**
 * The live picture of a scene, drawn for the width that there is. What it shows is also in the list of steps, so it is hidden from
 * screen readers.
 */
export function Picture(scenery: Scenery) {
  return (
    <div data-testid="lab-picture" aria-hidden="true">
      <Drawing {...scenery} layout={WIDE} className="hidden md:block" />
      <Drawing {...scenery} layout={TALL} className="mx-auto max-w-md md:hidden" />
    </div>
  )
}

/** The share of a lane, between 0 and 1, at which one of `count` boxes is. */
export function shareOf(index: number, count: number): number {
  return count <= 1 ? 0.5 : 0.2 + (index / (count - 1)) * 0.6
}

function Drawing({
  board,
  moves,
  stepMs,
  caption,
  layout,
  className,
}: Scenery & { layout: Layout; className: string }) {
  const { browsers, rows, decision } = board
  const pill = layout.isNarrow ? 100 : 128
  return (
    <svg
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      className={`w-full ${FORCED_COLORS} ${className}`}
      aria-hidden="true"
    >
      {LANES.map((lane) => (
        <LaneLine key={lane} lane={lane} isAway={isAway(lane, board)} layout={layout} />
      ))}
      {moves.map(({ id, from, to, share, tone, lost }) => (
        <MovingDot
          key={id}
          from={layout.port(from, share)}
          to={layout.port(to, share)}
          tone={tone}
          lost={lost}
          ms={stepMs * 0.8}
        />
      ))}
      {browsers.map((browser, index) => (
        <BrowserBox
          key={browser.name}
          browser={browser}
          layout={layout}
          at={layout.place('browser', shareOf(index, browsers.length))}
        />
      ))}
      {rows.map((row, index) => (
        <RowBox
          // biome-ignore lint/suspicious/noArrayIndexKey: a browser may have had two sessions, and rows keep their order
          key={index}
          row={row}
          isOnly={rows.length === 1}
          layout={layout}
          at={layout.place('row', shareOf(index, rows.length))}
        />
      ))}
      {decision ? (
        <g transform={translate(layout.decision)}>
          <rect
            x={-pill / 2}
            y="-17"
            width={pill}
            height="34"
            rx="17"
            className="fill-ember-fill"
          />
          <text
            y="5"
            textAnchor="middle"
            className={`fill-on-ember font-semibold ${layout.isNarrow ? 'text-[15px]' : 'text-[17px]'}`}
          >
            {decision.word}
          </text>
        </g>
      ) : null}
      <text {...layout.caption} textAnchor="middle" className="fill-muted text-[15px]">
        {caption}
      </text>
    </svg>
  )
}

function isAway(lane: Lane, { away }: Board): boolean {
  return (
    (lane === 'route' && away.includes('refresh route')) ||
    (lane === 'row' && away.includes('database'))
  )
}

function LaneLine({ lane, isAway, layout }: { lane: Lane; isAway: boolean; layout: Layout }) {
  const name = `${NAMES[lane]}${isAway ? ': away' : ''}`
  return (
    <Fragment>
      <text
        {...layout.labels[lane]}
        textAnchor="middle"
        className={`${layout.isNarrow ? 'text-[14px]' : 'text-[17px]'} font-semibold ${isAway ? 'fill-alarm' : 'fill-ink'}`}
      >
        {name}
      </text>
      <path
        d={layout.line(lane)}
        strokeWidth="2"
        strokeDasharray={lane === 'network' ? '2 7' : undefined}
        className={isAway ? 'stroke-alarm' : 'stroke-line'}
      />
    </Fragment>
  )
}

function translate({ x, y }: Point): string {
  return `translate(${x} ${y})`
}
