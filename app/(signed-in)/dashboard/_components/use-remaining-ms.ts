'use client'

import { useEffect, useState } from 'react'

/**
 * How much is left of a span that the server measured, counted on the clock that only runs forward: the time of day
 * that this machine believes in does not matter.
 */
export function useRemainingMs(remainingMs: number): number {
  const [left, setLeft] = useState(remainingMs)
  useEffect(() => {
    const start = performance.now()
    const tick = () => {
      const next = Math.max(0, remainingMs - (performance.now() - start))
      setLeft(next)
      if (next === 0) clearInterval(timer)
    }
    const timer = setInterval(tick, 1000)
    return () => clearInterval(timer)
  }, [remainingMs])
  return left
}
