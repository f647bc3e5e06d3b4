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
import { identify, keepTrace } from '../http/request-identity'
import { metrics } from '../telemetry/metrics'
import { boundedTarget, decodableTarget, originForm, servableMethod } from './request-line'

const ARRIVED = 'http.server.request.start'
const ANSWERED = 'http.server.response.finish'

/**
 * Makes what a request says of itself true before anything reads it. Next.js fills `X-Forwarded-For` only where the client
 * sent none, and believes `X-Forwarded-Host` and `-Proto`; so here the first becomes the address of the socket, or what
 * the last trusted proxy saw, and the others what the configuration says. Node announces each request on a public channel
 * before any handler runs: nothing of Node or Next.js is patched. A platform that overwrites these headers itself is left alone.
 * Methods and paths that Next.js breaks on become ones that it can refuse (`request-line.ts`), each request gets its id, and
 * each answer the security headers, whatever Next.js answers by itself. `agreedTime` is the time that all machines agree
 * about, or null while it is not known. Returns the way to stop.
 */
export function watchTheFront(
  { clientAddress, appOrigin }: Pick<Config, 'clientAddress' | 'appOrigin'>,
  agreedTime: () => EpochMs | null,
): () => void {
  if (clientAddress === 'platform') return () => {}
  const { trustedHops } = clientAddress
  const { host: ownHost, protocol } = new URL(appOrigin)
  const scheme = protocol.slice(0, -1)

  const correct = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    const claimed = request.headers['x-forwarded-for']
    const socket = request.socket.remoteAddress ?? ''
    request.method = servableMethod(request.method ?? '')
    request.url = boundedTarget(decodableTarget(originForm(request.url ?? '')))
    // Next.js asks a pattern about it whose time grows with the square: 15 KB are a second of the whole process.
    const agent = request.headers['user-agent']
    if (agent !== undefined) request.headers['user-agent'] = agent.slice(0, MAX_AGENT)
    // Before what a proxy, or anybody, said of the host is replaced.
    const host = requestedHost(request.headers, trustedHops)
    if (host === null) delete request.headers[REQUESTED_HOST_HEADER]
    else request.headers[REQUESTED_HOST_HEADER] = host
    request.headers['x-forwarded-for'] = trueAddress(socket, claimed, trustedHops)
    request.headers[RECEIVED_AT_HEADER] = receivedAtHeader(agreedTime())
    request.headers['x-forwarded-host'] = ownHost
    request.headers['x-forwarded-proto'] = scheme
    delete request.headers['x-forwarded-port']
    identify(request, response)
    secureAnswer(request.url, response, scheme === 'https')
    keepTrace(request.headers, socket, trustedHops)
  }
  subscribe(ARRIVED, correct)
  subscribe(ANSWERED, count)
  return () => {
    unsubscribe(ARRIVED, correct)
    unsubscribe(ANSWERED, count)
  }
}

/** Where an answer has headers of its own, they replace these: a page has its own policy. */
function secureAnswer(target: string, response: ServerResponse, secure: boolean): void {
  const headers = { set: (name: string, value: string) => void response.setHeader(name, value) }
  secureHeaders(headers, secure)
  // A worker's script would be bound by the policy that it came with.
  if (!target.startsWith('/_next/static/')) headers.set('Content-Security-Policy', NO_PAGE_POLICY)
}

function count(message: unknown): void {
  const { response } = message as { response: ServerResponse }
  metrics().responses.inc({ status: `${Math.floor(response.statusCode / 100)}xx` })
}

/** The address `trustedHops` proxies away; the socket's own where there is no proxy, or a proxy said nothing usable. */
export function trueAddress(
  socketAddress: string,
  forwardedFor: string | string[] | undefined,
  trustedHops: number,
): string {
  const socket = parseAddress(socketAddress) ?? socketAddress
  if (trustedHops === 0 || forwardedFor === undefined) return socket
  return parseAddress(String(forwardedFor).split(',').at(-trustedHops) ?? '') ?? socket
}
