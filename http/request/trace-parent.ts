/** Version 00 (W3C Trace Context §3.2.2). Other versions are ignored. */
const TRACE_PARENT = /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/

/** The request's `traceparent`, or null if it is absent or not well-formed. */
export function traceParentOf(headers: { get(name: string): string | null }): string | null {
  const given = headers.get('traceparent')
  return given !== null && TRACE_PARENT.test(given) ? given : null
}
