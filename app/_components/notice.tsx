import type { ReactNode } from 'react'

/** The colour and urgency of a notice. */
export type Tone = 'plain' | 'good' | 'alarm'

const TONES: Record<Tone, string> = {
  plain: 'border-ember/40 bg-ember-wash',
  good: 'border-good/40 bg-good-wash',
  alarm: 'border-alarm/40 bg-alarm-wash',
}

/** A highlighted message. */
export function Notice({
  tone = 'plain',
  title,
  children,
}: {
  tone?: Tone
  title?: string
  children: ReactNode
}) {
  return (
    <div className={`rounded-xl border px-4 py-3 ${TONES[tone]}`}>
      {title ? <p className="font-semibold">{title}</p> : null}
      <div>{children}</div>
    </div>
  )
}
