const STEPS = [
  {
    title: 'Middleware looks at the request',
    text: 'It sees that the access token has expired, and that there is a refresh token.',
  },
  {
    title: 'One place decides',
    text: 'The refresh route rotates the token, or gives a late request a new access token. A request that loses a race loses nothing.',
  },
  {
    title: 'The request continues',
    text: 'It carries the new token: the page, its server actions and its route handlers all see the same one.',
  },
  {
    title: 'The data layer has the last word',
    text: 'Every protected page, action and handler checks the session itself. Without the middleware, nothing is exposed.',
  },
]

/** The steps of a refresh, on the home page. */
export function ExpirySteps() {
  return (
    <section aria-labelledby="expiry" className="grid gap-8 md:grid-cols-[1fr_2fr]">
      <h2 id="expiry" className="font-display text-3xl leading-tight font-semibold">
        What happens when a token expires
      </h2>
      <ol className="space-y-6">
        {STEPS.map(({ title, text }, index) => (
          <li key={title} className="flex gap-4">
            <span
              aria-hidden="true"
              className="grid size-9 shrink-0 place-items-center rounded-full border border-edge font-mono text-sm"
            >
              {index + 1}
            </span>
            <div>
              <h3 className="font-semibold">{title}</h3>
              <p className="text-muted">{text}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  )
}
