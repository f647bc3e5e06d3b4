/** Version 00 alone (W3C Trace Context §3.2.2): what is written otherwise is no trace of ours. */
const TRACE_PARENT = /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/

/** The trace and span that a request says it belongs to, or null where it says nothing, or nothing well-formed. */
export function traceParentOf(headers: { get(name: string): string | null }): string | null {
  const given = headers.get('traceparent')
  return given !== null && TRACE_PARENT.test(given) ? given : null
}
