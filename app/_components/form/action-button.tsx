'use client'

import type { ButtonHTMLAttributes } from 'react'
import { useFormStatus } from 'react-dom'

/** A button that submits its form's server action, one submission at a time. It stays focusable meanwhile. */
export function ActionButton({
  busy,
  children,
  ...button
}: ButtonHTMLAttributes<HTMLButtonElement> & {
  /** The label while the action runs. */
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
