/** Names in a form whom its page was rendered for: what the form asks is done for nobody else. */
export function RenderedForField({ userId }: { userId: string | null }) {
  return userId === null ? null : <input type="hidden" name="renderedFor" value={userId} />
}
