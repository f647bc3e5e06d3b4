'use client'

import { useActionState } from 'react'
import { ActionButton } from '../../../_components/form/action-button'
import { LocalTime } from '../../../_components/local-time'
import { RenderedForField } from '../../../_components/rendered-for-field'
import { ping } from '../actions'

/** Sends a note to a server action, which answers with the signed-in user. Works without scripts. */
export function PingForm({ userId }: { userId: string }) {
  const [answer, action] = useActionState(ping, null)
  return (
    <form action={action} className="space-y-3">
      <RenderedForField userId={userId} />
      <label className="block space-y-1.5">
        <span className="block text-sm font-medium">Note</span>
        <textarea
          name="note"
          rows={2}
          className="input"
          placeholder="Comes back as you sent it"
          // React resets a form after its action. A note that failed must not be lost.
          defaultValue={answer?.kind === 'failed' ? answer.note : ''}
        />
      </label>
      <ActionButton className="button-quiet w-full" busy="Running…" data-testid="action-run">
        Run a server action
      </ActionButton>
      <div role="status" data-testid="action-result" className="min-h-12 text-sm">
        {answer?.kind === 'failed' ? <p className="text-alarm">{answer.message}</p> : null}
        {answer?.kind === 'seen' ? (
          <>
            <p>
              Ran for <strong className="wrap-anywhere">{answer.userName}</strong>
              <LocalTime at={answer.at} seconds className="block text-muted" />
            </p>
            {answer.note === '' ? null : (
              <blockquote className="mt-2 whitespace-pre-wrap border-l-2 border-glow pl-3 wrap-anywhere">
                {answer.note}
              </blockquote>
            )}
          </>
        ) : null}
      </div>
    </form>
  )
}
