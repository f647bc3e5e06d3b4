/** Removes a parameter from a query, which is empty or begins with a question mark. The rest keeps its bytes. */
export function withoutParameter(search: string, name: string): string {
  const pairs = search.slice(1).split('&')
  const kept = pairs.filter((pair) => !new URLSearchParams(pair).has(name)).join('&')
  return kept === '' ? '' : `?${kept}`
}
