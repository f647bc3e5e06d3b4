import 'server-only'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import ipaddr from 'ipaddr.js'
import { requestIdOf } from '@/http/request/request-id'
import { traceParentOf } from '@/http/request/trace-parent'
import { REQUEST_ID_HEADER } from '@/http/wire'
import { enterRequest } from './request-context'

/** Gives a request its id: in its own headers, in the response, and in every line that is logged while it is served. */
export function assignRequestId({ headers }: IncomingMessage, response: ServerResponse): void {
  const id = requestIdOf(readerOf(headers))
  headers[REQUEST_ID_HEADER] = id
  response.setHeader(REQUEST_ID_HEADER, id)
  enterRequest(id)
}

/**
 * Keeps `traceparent` only if a trusted proxy or this machine sent it, as middleware does; a stranger could otherwise put any
 * number of spans into one trace. `tracestate` and `baggage` are always removed, because nothing here reads them (W3C Trace
 * Context).
 */
export function filterTraceHeaders(
  headers: IncomingHttpHeaders,
  socketAddress: string,
  trustedHops: number,
): void {
  if (headers.traceparent !== undefined) {
    const isTrusted = trustedHops > 0 || isLoopback(socketAddress)
    if (!isTrusted || traceParentOf(readerOf(headers)) === null) delete headers.traceparent
  }
  delete headers.tracestate
  delete headers.baggage
}

function readerOf(headers: IncomingHttpHeaders) {
  return { get: (name: string) => headers[name]?.toString() ?? null }
}

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'
}
