/**
 * True if a browser is about to show the answer to a person: `Sec-Fetch-Mode: navigate` (W3C Fetch Metadata). Browsers send
 * that header to https and to loopback addresses alone; elsewhere what the client accepts has to tell.
 */
export function isNavigation(headers: { get(name: string): string | null }): boolean {
  const mode = headers.get('sec-fetch-mode')
  if (mode !== null) return mode === 'navigate'
  return headers.get('accept')?.includes('text/html') ?? false
}
