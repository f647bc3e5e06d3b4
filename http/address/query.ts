/** A query (with its question mark, or empty) without one parameter. What is left keeps its bytes. */
export function withoutParameter(search: string, name: string): string {
  const pairs = search.slice(1).split('&')
  const kept = pairs.filter((pair) => !new URLSearchParams(pair).has(name)).join('&')
  return kept === '' ? '' : `?${kept}`
}
