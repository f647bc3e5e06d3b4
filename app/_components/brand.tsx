import Link from 'next/link'
import { EmberMark } from './ember-mark'

/** The name of the house, and the way to its front door. */
export function Brand() {
  return (
    <Link href="/" className="inline-flex items-center gap-2 font-display text-xl font-semibold">
      <EmberMark className="size-7" />
      Rekindle
    </Link>
  )
}
