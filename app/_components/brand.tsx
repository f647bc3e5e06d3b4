import Link from 'next/link'
import { EmberMark } from './ember-mark'

/** The logo and name, with a link to the home page. */
export function Brand() {
  return (
    <Link
      href="/"
      prefetch={false}
      className="inline-flex items-center gap-2 font-display text-xl font-semibold"
    >
      <EmberMark className="size-7" />
      Rekindle
    </Link>
  )
}
