'use client'

import { useActionState, useEffect, useRef } from 'react'
import { ActionButton } from '../../../_components/form/action-button'
import { RenderedForField } from '../../../_components/rendered-for-field'
import { renameDevice } from '../actions'

/** Gives a device a name of its owner's choice. It closes once the device is renamed. */
export function RenameForm({
  userId,
  sessionId,
  title,
  givenName,
}: {
  userId: string
  sessionId: string
  title: string
  givenName: string | null
}) {
  const [outcome, action] = useActionState(renameDevice, null)
  const details = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    if (!outcome?.ok || !details.current) return
    details.current.open = false
    // The focused button is hidden now.
    details.current.querySelector('summary')?.focus()
  }, [outcome])
  const failure = outcome && !outcome.ok ? outcome.message : null
  const id = `name-${sessionId}`
  return (
    <>
      <details
        ref={details}
        className="open:basis-full"
        data-testid="rename"
        open={failure ? true : undefined}
      >
        <summary className="disclosure text-muted hover:text-ink">
          Rename<span className="sr-only"> {title}</span>
        </summary>
        <form action={action} className="mt-2 max-w-xl space-y-1.5">
          <RenderedForField userId={userId} />
          <input type="hidden" name="session" value={sessionId} />
          <label htmlFor={id} className="block text-sm font-medium">
            Name of this device
          </label>
          <div className="flex flex-wrap gap-2">
            <input
              id={id}
              name="name"
              className="input grow basis-40 sm:w-auto"
              maxLength={40}
              autoComplete="off"
              placeholder="Laptop at work"
              defaultValue={givenName ?? ''}
              aria-describedby={failure ? `${id}-error` : `${id}-hint`}
              aria-invalid={failure ? true : undefined}
            />
            <ActionButton
              className="button-quiet"
              busy="Saving…"
              aria-label={`Save the name of ${title}`}
            >
              Save
            </ActionButton>
          </div>
          <p
            id={`${id}-error`}
            role="alert"
            className="text-sm font-medium text-alarm empty:hidden"
          >
            {failure}
          </p>
          <p id={`${id}-hint`} className="text-sm text-muted">
            Only you see it. Leave it empty to go back to what the browser calls itself.
          </p>
        </form>
      </details>
      <p role="status" className="sr-only">
        {outcome?.ok ? outcome.message : ''}
      </p>
    </>
  )
}
