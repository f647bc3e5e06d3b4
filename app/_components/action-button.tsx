'use client'

import type { ButtonHTMLAttributes } from 'react'
import { useFormStatus } from 'react-dom'

/** Submits the server action of its form, once at a time. Stays focusable while it works. */
export function ActionButton({
  busy,
  children,
  ...button
}: ButtonHTMLAttributes<HTMLButtonElement> & {
  /** What the button says while the action runs. */
  busy?: string
}) {
  const { pending, data } = useFormStatus()
  const mine = pending && (!button.name || data?.get(button.name) === button.value)
  return (
    <button
      {...button}
      type="submit"
      aria-disabled={pending}
      onClick={(event) => {
        if (pending) event.preventDefault()
      }}
    >
      {mine && busy ? busy : children}
    </button>
  )
}
