/** Returns the value if it is a string that is not empty, and undefined if not. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
