'use client'

import { type KeyboardEvent, useEffect, useReducer, useState } from 'react'
import type { Life } from '@/contracts/life'
import type { EpochMs } from '@/session/time'
import { followLife } from '../../../../_components/life/follow-life'
import { applyLife, serverNow } from '../../../../_components/life/life-store'
import { useLife } from '../../../../_components/life/use-life'
import { isoOf, useIsLocal } from '../../../../_components/local-time'
import { MarkShape } from './mark-shape'
import { type Mark, type TimelineConfig, timelineOf } from './timeline-model'
import { TimelineTable } from './timeline-table'

const TICK_MS = 1000
/** The heights of the drawing, in pixels. */
const [MARKS, LANE, BAR, AXIS] = [20, 44, 22, 118]

/** The life of this session: its access tokens as bars, what happened as marks, and where it is now. Live while scripts run. */
export function SessionTimeline({ initial, config }: { initial: Life; config: TimelineConfig }) {
  const { userId } = initial
  useEffect(() => applyLife(initial, config.lifetimeMs), [initial, config.lifetimeMs])
  useEffect(() => followLife(userId, config.lifetimeMs), [userId, config.lifetimeMs])
  const { life, issues } = useLife(initial)
  const now = useServerNow(initial.now)
  const isLocal = useIsLocal()
  const timeline = timelineOf(life, issues, now, config)
  const { from, to, bars, marks, nextRefreshAt, unknown } = timeline
  const [chosen, choose] = useState<string | null>(null)
  const mark = marks.find(({ id }) => id === chosen) ?? marks.at(-1)
  const place = (at: EpochMs) =>
    `${(Math.min(1, Math.max(0, (at - from) / (to - from))) * 100).toFixed(2)}%`
  const clock = (at: EpochMs) => isoOf(at, isLocal).slice(11, to - from < 1_800_000 ? 19 : 16)
  const isDue = nextRefreshAt !== null && nextRefreshAt <= now

  return (
    <div className="space-y-4" data-testid="timeline">
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: its parts have names, and a title would be a tooltip of the whole */}
      <svg width="100%" height={AXIS + 26} className="block overflow-visible text-xs">
        <line x1="0" x2="100%" y1={AXIS} y2={AXIS} className="stroke-line" strokeWidth="2" />
        {bars.map((bar, index) => (
          <g key={bar.at} data-testid="bar">
            <Bar
              x={place(bar.at)}
              end={place(bar.until)}
              y={LANE + (index % 2) * (BAR + 4)}
              isCurrent={index === bars.length - 1 && !life.ended}
            />
          </g>
        ))}
        {nextRefreshAt !== null && !isDue ? (
          <g>
            <line
              x1={place(nextRefreshAt)}
              x2={place(nextRefreshAt)}
              y1={LANE - 6}
              y2={AXIS}
              className="stroke-ember"
              strokeWidth="1.5"
              strokeDasharray="4 4"
            />
            <title>From here on, the next request renews the session.</title>
          </g>
        ) : null}
        <line
          x1={place(now)}
          x2={place(now)}
          y1={MARKS + 14}
          y2={AXIS + 6}
          className="stroke-ink noscript:hidden"
          strokeWidth="2"
          data-testid="now"
        />
        <Axis from={from} to={to} clock={clock} />
        <Marks
          marks={marks}
          chosen={mark?.id ?? null}
          choose={choose}
          place={place}
          clock={clock}
        />
      </svg>
      {mark ? (
        <p data-testid="timeline-detail" className="min-h-12 text-sm">
          <strong className="font-semibold">{mark.title}</strong>{' '}
          <span className="text-muted tabular-nums">
            {clock(mark.at)}
            {isLocal ? '' : ' UTC'}
          </span>
          <span className="block text-muted">{mark.text}</span>
        </p>
      ) : null}
      <p className="text-sm text-muted" data-testid="next-refresh">
        {nextSentence(life, nextRefreshAt, now, clock)}
        {unknown > 0 ? ` ${earlier(unknown)}` : ''}
        <span className="not-noscript:hidden"> Drawn when this page was loaded, in UTC.</span>
      </p>
      <TimelineTable timeline={timeline} />
    </div>
  )
}

/** The server's time, each second. */
function useServerNow(initial: EpochMs): EpochMs {
  const [now, tick] = useReducer(() => serverNow(initial), initial)
  useEffect(() => {
    tick()
    const timer = setInterval(tick, TICK_MS)
    return () => clearInterval(timer)
  }, [])
  return now
}

function Bar({ x, end, y, isCurrent }: { x: string; end: string; y: number; isCurrent: boolean }) {
  const width = `${Math.max(0.4, Number.parseFloat(end) - Number.parseFloat(x))}%`
  return (
    <rect
      x={x}
      y={y}
      width={width}
      height={BAR}
      rx="5"
      strokeWidth="1.5"
      className={isCurrent ? 'fill-glow stroke-ember' : 'fill-ember-wash stroke-edge'}
    />
  )
}

function Axis({ from, to, clock }: { from: EpochMs; to: EpochMs; clock: (at: EpochMs) => string }) {
  const ticks = [
    ['0%', from, 'start'],
    ['50%', (from + to) / 2, 'middle'],
    ['100%', to, 'end'],
  ] as const
  return (
    <g className="fill-muted tabular-nums">
      {ticks.map(([x, at, anchor]) => (
        <text key={anchor} x={x} y={AXIS + 20} textAnchor={anchor}>
          {clock(at)}
        </text>
      ))}
    </g>
  )
}

/** The marks: one stop of the Tab key, and the arrow keys within it (ARIA APG, toolbar). */
function Marks({
  marks,
  chosen,
  choose,
  place,
  clock,
}: {
  marks: readonly Mark[]
  chosen: string | null
  choose: (id: string) => void
  place: (at: EpochMs) => string
  clock: (at: EpochMs) => string
}) {
  const move = (event: KeyboardEvent<SVGGElement>) => {
    const at = marks.findIndex(({ id }) => id === chosen)
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: marks.length - 1 }[event.key]
    const next = to === undefined ? undefined : marks[to]
    if (!next) return
    event.preventDefault()
    choose(next.id)
    const { children } = event.currentTarget
    ;(children[marks.indexOf(next)] as SVGGElement | undefined)?.focus()
  }
  return (
    <g
      role="toolbar"
      aria-label="What happened; the arrow keys go from mark to mark"
      onKeyDown={move}
    >
      {marks.map(({ id, kind, at, title, text }) => (
        // biome-ignore lint/a11y/useSemanticElements: there is no button within SVG
        <g
          key={id}
          role="button"
          tabIndex={id === chosen ? 0 : -1}
          aria-label={`${title}, ${clock(at)}. ${text}`}
          aria-pressed={id === chosen}
          className="group cursor-pointer outline-none"
          onFocus={() => choose(id)}
          onMouseEnter={() => choose(id)}
          onClick={() => choose(id)}
          data-testid="mark"
          data-kind={kind}
        >
          <svg x={place(at)} y={MARKS} overflow="visible" aria-hidden="true">
            <rect x="-12" y="-14" width="24" height="28" fill="transparent" />
            <circle
              r="12"
              className="fill-none stroke-ember opacity-0 group-focus-visible:opacity-100"
              strokeWidth="2"
            />
            <line y1="10" y2={LANE - MARKS} className="stroke-edge" strokeWidth="1" />
            <MarkShape kind={kind} isChosen={id === chosen} />
          </svg>
        </g>
      ))}
    </g>
  )
}

function nextSentence(
  { ended }: Life,
  nextRefreshAt: EpochMs | null,
  now: EpochMs,
  clock: (at: EpochMs) => string,
): string {
  if (ended || nextRefreshAt === null) return 'This session has ended.'
  if (nextRefreshAt <= now) return 'The next request renews the session.'
  return `From ${clock(nextRefreshAt)} on, the next request renews the session.`
}

function earlier(count: number): string {
  const what = count === 1 ? 'One earlier renewal is' : `${count} earlier renewals are`
  return `${what} not drawn: the database keeps only the latest.`
}
