import 'server-only'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import ipaddr from 'ipaddr.js'
import { requestIdOf } from '@/http/request/request-id'
import { traceParentOf } from '@/http/request/trace-parent'
import { REQUEST_ID_HEADER } from '@/http/wire'
import { enterRequest } from './request-context'

/** Every answer bears the id of its request, whoever writes it, and so does every line that is logged meanwhile. */
export function identify({ headers }: IncomingMessage, response: ServerResponse): void {
  const id = requestIdOf(readerOf(headers))
  headers[REQUEST_ID_HEADER] = id
  response.setHeader('X-Request-Id', id)
  enterRequest(id)
}

/**
 * A trace is continued where a proxy that is believed says so, or this very machine, as middleware does. Anybody else could
 * put as many spans into one trace as they like. Vendors' additions and baggage are nobody's of ours.
 */
export function keepTrace(
  headers: IncomingHttpHeaders,
  socketAddress: string,
  trustedHops: number,
): void {
  const isBelieved = trustedHops > 0 || isLoopback(socketAddress)
  if (!isBelieved || traceParentOf(readerOf(headers)) === null) delete headers.traceparent
  delete headers.tracestate
  delete headers.baggage
}

function readerOf(headers: IncomingHttpHeaders) {
  return { get: (name: string) => headers[name]?.toString() ?? null }
}

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'
}
