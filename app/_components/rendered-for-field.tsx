/** A hidden field with the id of the user that the page was rendered for. The server refuses the form if another user is signed in. */
export function RenderedForField({ userId }: { userId: string | null }) {
  return userId === null ? null : <input type="hidden" name="renderedFor" value={userId} />
}
