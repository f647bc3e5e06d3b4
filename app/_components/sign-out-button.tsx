/** Signs out with a plain form: it works without scripts, and the whole document goes with the session. */
export function SignOutButton({ className, testId }: { className: string; testId: string }) {
  return (
    <form method="post" action="/api/auth/logout">
      <button type="submit" className={className} data-testid={testId}>
        Sign out
      </button>
    </form>
  )
}
