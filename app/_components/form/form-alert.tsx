'use client'

import { useEffect, useRef } from 'react'
import { Notice } from '../notice'

/** Why a form failed. It takes the focus. */
export function FormAlert({ id, message }: { id: string; message: string }) {
  const alert = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (message) alert.current?.focus()
  }, [message])
  return (
    <div ref={alert} id={id} role="alert" tabIndex={-1}>
      <Notice tone="alarm">{message}</Notice>
    </div>
  )
}
