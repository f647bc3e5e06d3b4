/** A hidden field that tells password managers which account the password belongs to. The server ignores it. */
export function AccountName({ userName }: { userName: string }) {
  return (
    <input type="text" name="username" autoComplete="username" value={userName} readOnly hidden />
  )
}
