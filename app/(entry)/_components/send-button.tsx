'use client'

import { type ReactNode, useEffect, useRef, useState } from 'react'

/** The button of a form that the browser posts itself: sends it once, however often it is pressed, and keeps the address’s fragment. */
export function SendButton({ children }: { children: ReactNode }) {
  const button = useRef<HTMLButtonElement>(null)
  const [sending, setSending] = useState(false)

  useEffect(() => {
    const form = button.current?.form
    const start = () => {
      setSending(true)
      // No server sees a fragment: a redirect keeps that of the address that was posted to (RFC 9110 §10.2.2).
      if (form && location.hash) form.action = new URL(location.hash, form.action).href
    }
    // Coming back, the browser may show this very page as it was left.
    const reset = () => setSending(false)
    form?.addEventListener('submit', start)
    window.addEventListener('pageshow', reset)
    return () => {
      form?.removeEventListener('submit', start)
      window.removeEventListener('pageshow', reset)
    }
  }, [])

  return (
    <button
      ref={button}
      type="submit"
      className="button w-full"
      aria-disabled={sending}
      onClick={(event) => {
        if (sending) event.preventDefault()
      }}
    >
      {sending ? 'One moment…' : children}
    </button>
  )
}
