const LINES = Array.from(
  { length: 40 },
  (_, n) => `Line ${n + 1} of a page that every variant renders.`,
)

/** The page of every variant: it greets the user by name, over forty lines of text. */
export function Greeting({ name }) {
  return (
    <main id="main">
      <h1>Hello, {name}</h1>
      <ul>
        {LINES.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </main>
  )
}
