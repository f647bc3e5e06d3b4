'use client'

import { useEffect, useRef, useState } from 'react'
import { Field, type FieldProps } from './field'

type PasswordFieldProps = Omit<FieldProps, 'type' | 'children' | 'autoComplete'> & {
  readonly autoComplete: 'current-password' | 'new-password'
}

/** A password field with a button that shows the password. Without scripts it is a plain password field. */
export function PasswordField(props: PasswordFieldProps) {
  const [shown, setShown] = useState(false)
  const toggle = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // Browsers may remember the value of a submitted text field.
    const hide = () => setShown(false)
    const form = toggle.current?.form
    form?.addEventListener('submit', hide)
    return () => form?.removeEventListener('submit', hide)
  }, [])
  return (
    <Field
      {...props}
      type={shown ? 'text' : 'password'}
      className="pr-18 noscript:pr-3.5"
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
    >
      <button
        ref={toggle}
        type="button"
        className="absolute inset-y-1 right-1 cursor-pointer rounded-lg px-3 text-sm font-medium text-muted hover:text-ember noscript:hidden"
        onClick={() => setShown(!shown)}
      >
        {shown ? 'Hide' : 'Show'}
        <span className="sr-only"> {props.label.toLowerCase()}</span>
      </button>
    </Field>
  )
}
