'use client'

/** As Rekindle's app, each app of a peer has pages for errors: their names are a part of every page. */
export default function PageError({ reset }) {
  return (
    <main>
      <h1>Something went wrong</h1>
      <button type="button" onClick={reset}>
        Try again
      </button>
    </main>
  )
}
