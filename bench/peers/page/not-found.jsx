export default function NotFound() {
  return (
    <main>
      <h1>Page not found</h1>
      <a href="/">Home page</a>
    </main>
  )
}
