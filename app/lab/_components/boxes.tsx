import type { RowView } from '@/server/lab/event'
import type { BrowserView } from './board'
import type { Layout, Point } from './layout'
import { positionText } from './words'

/** A browser of a scene, with what its jar holds. */
export function BrowserBox({
  browser: { name, jar, isSignedOut },
  layout,
  at,
}: {
  browser: BrowserView
  layout: Layout
  at: Point
}) {
  const isThief = name === 'thief'
  const kind = layout.isNarrow ? '' : 'refresh '
  const access = `access ${layout.isNarrow ? '' : 'token '}${jar?.access ? 'good' : 'expired'}`
  return (
    <Box
      at={at}
      layout={layout}
      stroke={isSignedOut ? 'stroke-alarm' : isThief ? 'stroke-edge' : 'stroke-ember-fill'}
      isDashed={isThief}
      title={name}
      text={jar?.refresh ? `${kind}token ${positionText(jar.refresh)}` : `no ${kind}token`}
      state={isSignedOut ? 'signed out' : access}
      stateClass={isSignedOut ? 'fill-alarm font-semibold' : 'fill-muted'}
    />
  )
}

/** The row of a session. */
export function RowBox({
  row: { of, generation, branch, ended },
  isOnly,
  layout,
  at,
}: {
  row: RowView
  isOnly: boolean
  layout: Layout
  at: Point
}) {
  const reason = ended?.replaceAll('_', ' ')
  const whole = isOnly ? `generation ${generation}` : `${of}, generation ${generation}`
  return (
    <Box
      at={at}
      layout={layout}
      stroke={reason ? 'stroke-alarm' : 'stroke-good'}
      title={layout.isNarrow && !isOnly ? of : whole}
      text={layout.isNarrow ? `row ${generation}.${branch}` : `branch ${branch}`}
      state={reason ? endText(reason, layout) : 'live'}
      stateClass={`font-semibold ${reason ? 'fill-alarm' : 'fill-good'}`}
    />
  )
}

/** That a session has ended, and why, as far as a box has room for it. */
function endText(reason: string, { isNarrow }: Layout): string {
  const isShort = reason.length <= 8
  if (isNarrow) return isShort ? reason : 'ended'
  return isShort ? `ended: ${reason}` : reason
}

/** A box with three lines of text. */
function Box({
  at,
  layout,
  stroke,
  isDashed = false,
  title,
  text,
  state,
  stateClass,
}: {
  at: Point
  layout: Layout
  stroke: string
  isDashed?: boolean
  title: string
  text: string
  state: string
  stateClass: string
}) {
  const { width, height } = layout.box
  const small = layout.isNarrow ? 'text-[13px]' : 'text-[15px]'
  return (
    <g transform={`translate(${at.x} ${at.y})`}>
      <rect
        x={-width / 2}
        y={-height / 2}
        width={width}
        height={height}
        rx="12"
        strokeWidth="2"
        strokeDasharray={isDashed ? '6 4' : undefined}
        className={`fill-surface ${stroke}`}
      />
      <text
        y="-12"
        textAnchor="middle"
        className={`fill-ink font-semibold ${layout.isNarrow ? 'text-[14px]' : 'text-[16px]'}`}
      >
        {title}
      </text>
      <text y="7" textAnchor="middle" className={`fill-muted ${small}`}>
        {text}
      </text>
      <text y="26" textAnchor="middle" className={`${small} ${stateClass}`}>
        {state}
      </text>
    </g>
  )
}
