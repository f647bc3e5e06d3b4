'use client'

import { useLayoutEffect, useRef } from 'react'

/** A bar that fills while the scene waits for `ms` milliseconds. Decorative: the step says how long it takes. */
export function WaitBar({ ms }: { ms: number }) {
  const bar = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const steps = [{ transform: 'scaleX(0)' }, { transform: 'scaleX(1)' }]
    const animation = bar.current?.animate(steps, { duration: ms, fill: 'both' })
    return () => animation?.cancel()
  }, [ms])
  return (
    <div aria-hidden="true" className="h-1.5 overflow-hidden rounded-full bg-line">
      <div ref={bar} className="h-full origin-left bg-ember-fill" />
    </div>
  )
}
