'use client'

import { type ReactNode, useEffect, useRef, useState } from 'react'

/** The submit button of a form that the browser posts. It submits once, and keeps the URL's fragment. */
export function SendButton({ children }: { children: ReactNode }) {
  const button = useRef<HTMLButtonElement>(null)
  const [sending, setSending] = useState(false)

  useEffect(() => {
    const form = button.current?.form
    const start = () => {
      setSending(true)
      // A fragment is not sent to the server. A redirect inherits it from the form's action (RFC 9110 §10.2.2).
      if (form && location.hash) form.action = new URL(location.hash, form.action).href
    }
    // The back button may restore this page as it was left, from the browser's cache.
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
