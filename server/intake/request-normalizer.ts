import 'server-only'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Config } from '@/config/read'
import { receivedAtHeader } from '@/http/request/received-at'
import { requestedHost } from '@/http/request/requested-host'
import { NO_PAGE_POLICY, secureHeaders } from '@/http/response/security-headers'
import { RECEIVED_AT_HEADER, REQUESTED_HOST_HEADER } from '@/http/wire'
import type { EpochMs } from '@/session/time'
import { MAX_AGENT, parseAddress } from '../http/client-info'
import { assignRequestId, filterTraceHeaders } from '../http/request-identity'
import { metrics } from '../telemetry/metrics'
import { boundedTarget, decodableTarget, originForm, servableMethod } from './request-line'

const REQUEST_START = 'http.server.request.start'
const RESPONSE_FINISH = 'http.server.response.finish'

const slot = globalThis as { rekindleSetsHeaders?: boolean }

/** True if each response of this process has the security headers before anything answers. */
export function setsSecurityHeaders(): boolean {
  return slot.rekindleSetsHeaders === true
}

/**
 * Normalizes each request before anything reads it. Next.js sets `X-Forwarded-For` only if the client sent none, and it trusts
 * `X-Forwarded-Host` and `X-Forwarded-Proto`. Here the first becomes the address of the socket, or the one that the outermost
 * trusted proxy saw, and the others become those of `appOrigin`. A method or path that Next.js fails on becomes one that it
 * can refuse (`request-line.ts`). Each request gets its id. Each response gets the security headers, also those that Next.js
 * writes by itself.
 *
 * Node publishes each request on a diagnostics channel before any handler runs, so neither Node nor Next.js is patched. If
 * `clientAddress` is `platform`, nothing is changed, because the platform overwrites these headers itself. `agreedTime`
 * returns the time that all machines agree on, or null while it is not known. Returns a function that stops the normalizer.
 */
export function normalizeIncomingRequests(
  { clientAddress, appOrigin }: Pick<Config, 'clientAddress' | 'appOrigin'>,
  agreedTime: () => EpochMs | null,
): () => void {
  if (clientAddress === 'platform') return () => {}
  const { trustedHops } = clientAddress
  const { host: ownHost, protocol } = new URL(appOrigin)
  const scheme = protocol.slice(0, -1)

  const normalize = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    const claimed = request.headers['x-forwarded-for']
    const socket = request.socket.remoteAddress ?? ''
    request.method = servableMethod(request.method ?? '')
    request.url = boundedTarget(decodableTarget(originForm(request.url ?? '')))
    // Next.js matches it with a pattern that takes quadratic time: 15 KB would block the process for a second.
    const agent = request.headers['user-agent']
    if (agent !== undefined) request.headers['user-agent'] = agent.slice(0, MAX_AGENT)
    // This must run before `X-Forwarded-Host` is replaced.
    const host = requestedHost(request.headers, trustedHops)
    if (host === null) delete request.headers[REQUESTED_HOST_HEADER]
    else request.headers[REQUESTED_HOST_HEADER] = host
    request.headers['x-forwarded-for'] = trueAddress(socket, claimed, trustedHops)
    request.headers[RECEIVED_AT_HEADER] = receivedAtHeader(agreedTime())
    request.headers['x-forwarded-host'] = ownHost
    request.headers['x-forwarded-proto'] = scheme
    delete request.headers['x-forwarded-port']
    assignRequestId(request, response)
    setSecurityHeaders(request.url, response, scheme === 'https')
    filterTraceHeaders(request.headers, socket, trustedHops)
  }
  subscribe(REQUEST_START, normalize)
  subscribe(RESPONSE_FINISH, countResponse)
  // Next.js loads this module once per bundle, so what the bundles of routes ask for is global.
  slot.rekindleSetsHeaders = true
  return () => {
    slot.rekindleSetsHeaders = false
    unsubscribe(REQUEST_START, normalize)
    unsubscribe(RESPONSE_FINISH, countResponse)
  }
}

/** Sets the default security headers. A response that sets its own, as a page does its policy, replaces them. */
function setSecurityHeaders(target: string, response: ServerResponse, secure: boolean): void {
  const headers = { set: (name: string, value: string) => void response.setHeader(name, value) }
  secureHeaders(headers, secure)
  // The policy of a worker's script applies to the worker itself.
  if (!target.startsWith('/_next/static/')) headers.set('Content-Security-Policy', NO_PAGE_POLICY)
}

function countResponse(message: unknown): void {
  const { response } = message as { response: ServerResponse }
  metrics().responses.inc({ status: `${Math.floor(response.statusCode / 100)}xx` })
}

/**
 * The client's address: the entry of `X-Forwarded-For` that the outermost of `trustedHops` proxies added. It is the socket's
 * address if there is no trusted proxy, or if that entry is missing or is not an address.
 */
export function trueAddress(
  socketAddress: string,
  forwardedFor: string | string[] | undefined,
  trustedHops: number,
): string {
  const socket = parseAddress(socketAddress) ?? socketAddress
  if (trustedHops === 0 || forwardedFor === undefined) return socket
  return parseAddress(String(forwardedFor).split(',').at(-trustedHops) ?? '') ?? socket
}
