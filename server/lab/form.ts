import 'server-only'

/**
 * The request with which a browser without scripts sends the form that holds the element with this test id: its hidden fields, which
 * name the server action, and `fields`.
 * @throws Error if the page has no such form.
 */
export function formOf(
  page: string,
  testId: string,
  fields: Readonly<Record<string, string>>,
): { readonly headers: Record<string, string>; readonly body: string } {
  const form = page
    .split('<form')
    .slice(1)
    .map((rest) => rest.split('</form>', 1)[0] ?? '')
    .find((html) => html.includes(`data-testid="${testId}"`))
  if (form === undefined) throw new Error(`The page has no form with ${testId}`)
  const hidden = [...form.matchAll(/<input type="hidden"[^>]*>/g)].map(([input]) => [
    attribute(input, 'name'),
    attribute(input, 'value'),
  ])
  const boundary = `----lab${crypto.randomUUID()}`
  const parts = [...hidden, ...Object.entries(fields)].map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  return {
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: `${parts.join('')}--${boundary}--\r\n`,
  }
}

function attribute(tag: string, name: string): string {
  const [, value = ''] = new RegExp(`\\s${name}="([^"]*)"`).exec(tag) ?? []
  return value
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
