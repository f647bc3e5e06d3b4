'use client'

import { usePathname } from 'next/navigation'
import { useEffect, useRef } from 'react'

/**
 * Gives the focus to the main part of the page if what had it is gone. Without that it would be at the start of the document, and a
 * person who uses the keyboard or a screen reader would have to find the place again.
 */
export function recoverFocus(): void {
  if (document.activeElement !== document.body) return
  document.getElementById('main')?.focus({ preventScroll: true })
}

/** Recovers the focus when the router shows another page in the same document. Renders nothing. */
export function FocusKeeper() {
  const pathname = usePathname()
  const shown = useRef(pathname)
  useEffect(() => {
    if (shown.current === pathname) return
    shown.current = pathname
    recoverFocus()
  }, [pathname])
  return null
}
