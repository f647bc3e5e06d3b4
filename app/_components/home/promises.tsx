const PROMISES = [
  {
    title: 'Nobody honest is logged out',
    text: 'Not by parallel requests, prefetches, tabs, retries, restarts or an outage, nor by responses that are lost for up to two hours. Cookies stay while the database is down.',
  },
  {
    title: 'No thief stays in',
    text: 'A copied refresh token gives itself away: the session ends, and you are told why. Even a thief who plans each step shares at most five hours, or three visits.',
  },
  {
    title: 'It is checked',
    text: 'Every possible order of events is checked for the function that decides about each refresh, with every loss and theft; then real browsers test the rest.',
  },
]

/** The three promises on the home page. */
export function Promises() {
  return (
    <section aria-labelledby="promises">
      <h2 id="promises" className="sr-only">
        What Rekindle promises
      </h2>
      <ul className="grid gap-8 sm:grid-cols-3">
        {PROMISES.map(({ title, text }) => (
          <li key={title} className="space-y-2 border-t-2 border-ember-fill pt-4">
            <h3 className="heading">{title}</h3>
            <p className="text-muted">{text}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}
