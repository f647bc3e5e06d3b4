import type { InputHTMLAttributes, ReactNode } from 'react'

/** The properties of a `Field`: those of an input, a label and messages. */
export interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'id'> {
  readonly name: string
  readonly label: string
  readonly hint?: string
  /** The error message of the field. */
  readonly error?: string | undefined
  /** The id of an alert elsewhere on the page that concerns this field. */
  readonly alertId?: string | undefined
  /** Content at the end of the input, inside it. */
  readonly children?: ReactNode
}

/** A labelled input. Screen readers read its hint and error with it. */
export function Field({ label, hint, error, alertId, children, className, ...input }: FieldProps) {
  const id = `field-${input.name}`
  const describedBy = [error && `${id}-error`, alertId, hint && `${id}-hint`].filter(Boolean)
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="block font-medium">
        {label}
      </label>
      <div className="relative">
        <input
          {...input}
          id={id}
          className={`input ${className ?? ''}`}
          aria-invalid={error || alertId ? true : undefined}
          aria-describedby={describedBy.join(' ') || undefined}
        />
        {children}
      </div>
      {error ? (
        <p id={`${id}-error`} className="text-sm font-medium text-alarm">
          {error}
        </p>
      ) : null}
      {hint ? (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      ) : null}
    </div>
  )
}
