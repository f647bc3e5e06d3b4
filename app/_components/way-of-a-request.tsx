const STEPS = [
  {
    title: 'The gate looks',
    text: 'Middleware sees that the access token has run out, and that a refresh token is there.',
  },
  {
    title: 'One place decides',
    text: 'The refresh route rotates, or gives a straggler a new access token. Whoever loses a race loses nothing.',
  },
  {
    title: 'The request goes on',
    text: 'With the new token in it: the page, its server actions and its route handlers all see the same one.',
  },
  {
    title: 'The data layer has the last word',
    text: 'Every page, action and handler asks it for itself. Take the middleware away, and nothing is exposed.',
  },
]

export function WayOfARequest() {
  return (
    <section aria-labelledby="way" className="grid gap-8 md:grid-cols-[1fr_2fr]">
      <h2 id="way" className="font-display text-3xl leading-tight font-semibold">
        The way of a request whose token ran out
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
