/** Tells a password manager whose password this is; never read by the server. */
export function AccountName({ userName }: { userName: string }) {
  return (
    <input type="text" name="username" autoComplete="username" value={userName} readOnly hidden />
  )
}
