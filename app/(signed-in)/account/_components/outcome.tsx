'use client'

import { useEffect, useRef } from 'react'
import { Notice } from '../../../_components/notice'
import type { AccountOutcome } from '../actions'

/** The result of a form. It takes the focus, so that screen readers read it. */
export function Outcome({ outcome }: { outcome: AccountOutcome | null }) {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (outcome) place.current?.focus()
  }, [outcome])
  if (outcome === null) return null
  return (
    <div ref={place} role={outcome.ok ? 'status' : 'alert'} tabIndex={-1}>
      <Notice tone={outcome.ok ? 'good' : 'alarm'}>
        <p>{outcome.message}</p>
      </Notice>
    </div>
  )
}
