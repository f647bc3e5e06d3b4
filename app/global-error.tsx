'use client'

import './globals.css'
import ErrorPage from './error'

/** Replaces the whole document if the root layout failed. */
export default function GlobalError(props: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>We can’t answer just now · Rekindle</title>
        <ErrorPage {...props} />
      </body>
    </html>
  )
}
