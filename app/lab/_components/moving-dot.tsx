'use client'

import { useLayoutEffect, useRef } from 'react'
import type { Point } from './layout'

const TONES = {
  plain: 'fill-glow stroke-ember-fill',
  good: 'fill-good stroke-good',
  bad: 'fill-alarm stroke-alarm',
  thief: 'fill-surface stroke-edge',
}

/** A message on its way. It travels once; for people who prefer less motion, it is drawn where it arrives. */
export function MovingDot({
  from,
  to,
  tone,
  lost,
  ms,
}: {
  from: Point
  to: Point
  tone: keyof typeof TONES
  lost: boolean
  ms: number
}) {
  const dot = useRef<SVGCircleElement>(null)
  // The movement begins once, where the message appears.
  const start = useRef({ from, ms })
  useLayoutEffect(() => {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return
    const { from, ms } = start.current
    const animation = dot.current?.animate(
      [
        { transform: `translate(${from.x - to.x}px, ${from.y - to.y}px)`, opacity: 1 },
        { transform: 'none', opacity: lost ? 0.25 : 1 },
      ],
      { duration: ms, easing: 'ease-in-out', fill: 'both' },
    )
    return () => animation?.cancel()
  }, [to.x, to.y, lost])
  return (
    <g>
      <path
        d={`M${from.x} ${from.y}L${to.x} ${to.y}`}
        strokeWidth="1.5"
        strokeDasharray={lost ? '3 5' : undefined}
        className="stroke-edge"
        opacity="0.5"
      />
      <circle ref={dot} cx={to.x} cy={to.y} r="7" strokeWidth="2" className={TONES[tone]} />
      {lost ? (
        <path
          d={`M${to.x - 6} ${to.y - 6}l12 12m0-12l-12 12`}
          strokeWidth="3"
          className="stroke-alarm"
        />
      ) : null}
    </g>
  )
}
