/**
 * True if a browser will show the response as a document: `Sec-Fetch-Mode: navigate` (W3C Fetch Metadata). Browsers send that
 * header only to https and loopback addresses. Elsewhere `Accept` decides.
 */
export function isNavigation(headers: { get(name: string): string | null }): boolean {
  const mode = headers.get('sec-fetch-mode')
  if (mode !== null) return mode === 'navigate'
  return headers.get('accept')?.includes('text/html') ?? false
}
