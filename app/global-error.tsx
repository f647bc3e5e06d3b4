'use client'

import './globals.css'
import ErrorPage from './error'

/** Where even the root layout failed: the whole document, once more. */
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
