import type { Metadata } from 'next'
import Link from 'next/link'
import { Problem } from './_components/problem'

export const metadata: Metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <Problem
      title="Nothing glows here"
      wayOn={
        <Link href="/" className="button">
          Go to the front page
        </Link>
      }
    >
      <p>There is no page at this address. It may have moved, or the link has a typo.</p>
    </Problem>
  )
}
