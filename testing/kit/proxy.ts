import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { FaultRule, Faults, RemoteFault } from './faults'
import { subjectOfHeader } from './jar'
import { createControl } from './proxy-control'
import { forward, readAll, type Target } from './proxy-forward'
import { serveTunnels } from './proxy-tunnel'

/** What makes a proxy speak TLS. Both are PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** What the proxy does with an exchange that a rule matches. */
export type Fault =
  /**
   * `drop request` cuts the connection before the request is sent on. `drop response` lets the server answer in full, and cuts
   * it before a byte reaches the client.
   */
  | RemoteFault
  /** Sends the client the head and half of the body, then closes. */
  | { readonly kind: 'halve response' }
  /** Sends the client the head and half of the body, then nothing, without closing. */
  | { readonly kind: 'stall response' }
  /** Holds the server's full response until `until` resolves. Cuts the connection if it rejects. */
  | { readonly kind: 'hold response'; readonly until: Promise<void> }
  /** Holds the request until `until` resolves. */
  | { readonly kind: 'hold request'; readonly until: Promise<void> }
  /** Sends on the head and half of the body, and the rest when `until` resolves: a slow upload. */
  | { readonly kind: 'split request'; readonly until: Promise<void> }

export interface Match {
  readonly method?: string
  /** The exact path without the query, or a pattern for path and query. */
  readonly path?: string | RegExp
  readonly where?: (asked: Asked) => boolean
}

export interface Asked {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A request that passed, and its response. */
export interface Exchange extends Asked {
  /** Undefined until the server has answered, and if it was never asked. */
  answer?: {
    readonly status: number
    readonly headers: IncomingHttpHeaders
    readonly setCookies: readonly string[]
    readonly body: string
  }
  /** True if the client received the response. */
  delivered: boolean
}

/** An exchange that the server has answered. */
export type Answered = Exchange & Required<Pick<Exchange, 'answer'>>

/** A response or request that the test holds. */
export interface Held {
  /** Resolves with the exchange when it is held. */
  readonly arrived: Promise<Exchange>
  release(): void
  /** Cuts the connection. */
  drop(): void
}

/** Headers that the proxy sets in place of those sent, with names in lower case. */
interface Altered {
  readonly request?: Readonly<Record<string, string>>
  readonly response?: Readonly<Record<string, string>>
}

interface Rule {
  readonly match: Match
  readonly fault: Fault
  readonly onHeld?: (exchange: Exchange) => void
  times: number
  met: number
}

/**
 * A proxy that simulates network faults. It stands in the place of the server, as a reverse proxy, and can also be set as a
 * browser's proxy, which leaves the server's address as it is. Every connection serves one request: on a reused connection
 * Chromium would repeat a cut request by itself.
 */
export interface TestProxy extends Faults {
  readonly origin: string
  readonly exchanges: readonly Exchange[]
  /** The exchanges of this path (without query) and, if given, this method. */
  passed(path: string, method?: string): Exchange[]
  /** Applies a fault to the next `times` exchanges that match. The oldest rule wins. Returns a function that removes it. */
  when(match: Match, fault: Fault, times?: number): () => void
  /** Holds the response, or the request, of the next exchange that matches. */
  hold(match: Match, what?: 'response' | 'request'): Held
  /** Holds matching requests until `count` have arrived, then sends all on at once: a true race. */
  gather(match: Match, count: number): void
  /** Calls `watcher` with every response of the server, even one that is then lost. Returns a function that stops it. */
  watch(watcher: (exchange: Answered) => void): () => void
  /** Sets headers on every request and response that passes, as a corporate proxy does. */
  alter(headers: Altered): void
  /** Forgets the exchanges and keeps the rules. */
  forget(): void
  /** Fails every prefetch of the router, so that only a person's own actions use the session. */
  refusePrefetches(): void
  /** Forgets rules and exchanges, and cuts held connections. */
  reset(): void
  close(): Promise<void>
}

export interface ProxyOptions {
  /** Makes the proxy speak TLS on both sides. */
  readonly certificate?: Certificate
  /** The proxy's own port. Any free one, if it is not given. */
  readonly port?: number
  /** False for a proxy that runs for long, and must not keep what passes. */
  readonly records?: boolean
}

/** Opens a proxy to a port of this machine, or to an origin. */
export async function openProxy(
  to: number | string,
  { certificate, port: ownPort = 0, records = true }: ProxyOptions = {},
): Promise<TestProxy> {
  const target = targetOf(to, certificate !== undefined)
  let rules: Rule[] = []
  let exchanges: Exchange[] = []
  let altered: Altered = {}
  const held = new Set<Held>()
  const watchers = new Set<(exchange: Answered) => void>()

  function ruleFor(asked: Asked): Rule | undefined {
    const rule = rules.find(({ match, times }) => times > 0 && matches(match, asked))
    if (rule) {
      rule.times -= 1
      rule.met += 1
    }
    return rule
  }

  function addRule(added: Omit<Rule, 'met'>): Rule {
    const rule = { ...added, met: 0 }
    rules.push(rule)
    return rule
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = 'GET', url: address = '/', rawHeaders: sent } = incoming
    if (control.owns(address)) return control.serve(incoming, outgoing)
    const body = await readAll(incoming)
    const { url, elsewhere } = readAddress(address, target)
    if (elsewhere) {
      const answer = await forward(elsewhere, { method, url, rawHeaders: sent }, body)
      outgoing.writeHead(answer.status, answer.rawHeaders).end(answer.body)
      return
    }
    const { headers } = incoming
    const exchange: Exchange = { method, url, headers, body: body.toString(), delivered: false }
    if (records) exchanges.push(exchange)
    const rule = ruleFor(exchange)
    const fault = rule?.fault

    if (fault?.kind === 'drop request') return cut(outgoing)
    if (fault?.kind === 'answer') {
      outgoing
        .writeHead(fault.status, { ...fault.headers, connection: 'close' })
        .end(fault.body ?? '')
      return
    }
    if (fault?.kind === 'hold request') {
      rule?.onHeld?.(exchange)
      await fault.until
    }
    const pause = fault?.kind === 'split request' ? fault.until : undefined
    const asked = { ...exchange, rawHeaders: withHeaders(sent, altered.request) }
    const answer = await forward(target, asked, body, pause)
    answer.rawHeaders = withHeaders(answer.rawHeaders, altered.response)
    exchange.answer = {
      status: answer.status,
      headers: answer.headers,
      setCookies: answer.headers['set-cookie'] ?? [],
      body: answer.body.toString(),
    }
    for (const watcher of watchers) watcher(exchange as Answered)
    if (fault?.kind === 'drop response') return cut(outgoing)
    if (fault?.kind === 'hold response') {
      rule?.onHeld?.(exchange)
      await fault.until
    }
    if (fault?.kind === 'delay response') await new Promise((go) => setTimeout(go, fault.ms))
    if (fault?.kind === 'halve response' || fault?.kind === 'stall response') {
      outgoing.writeHead(answer.status, answer.rawHeaders)
      outgoing.write(answer.body.subarray(0, answer.body.length >> 1))
      if (fault.kind === 'halve response') outgoing.socket?.end()
      return
    }
    outgoing.on('finish', () => {
      exchange.delivered = true
    })
    outgoing.writeHead(answer.status, answer.rawHeaders).end(answer.body)
  }

  const receive = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    serve(incoming, outgoing).catch(() => cut(outgoing))
  }
  const server: Server = certificate
    ? createTlsServer({ ...certificate }, receive)
    : createServer(receive)
  serveTunnels(server, target, (url) => isAt(url, target))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(ownPort, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo

  const proxy: TestProxy = {
    origin: target.overTls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    get exchanges() {
      return exchanges
    },
    passed: (path, method) =>
      exchanges.filter(
        (exchange) => pathOf(exchange) === path && (!method || exchange.method === method),
      ),
    when(match, fault, times = Number.POSITIVE_INFINITY) {
      const rule = addRule({ match, fault, times })
      return () => {
        rule.times = 0
      }
    },
    async place(placed) {
      const { fault, times = Number.POSITIVE_INFINITY, forMs } = placed
      const rule = addRule({ match: matchOf(placed), fault, times })
      const end = () => {
        rule.times = 0
      }
      const timer = forMs === undefined ? undefined : setTimeout(end, forMs)
      return {
        async remove() {
          clearTimeout(timer)
          end()
          rules = rules.filter((other) => other !== rule)
          return rule.met
        },
      }
    },
    hold(match, what = 'response') {
      const { promise: until, resolve: release, reject } = deferred<void>()
      const { promise: arrived, resolve: onHeld } = deferred<Exchange>()
      until.catch(() => {})
      addRule({ match, fault: { kind: `hold ${what}`, until }, onHeld, times: 1 })
      const one: Held = {
        arrived,
        release,
        drop: () => reject(new Error('The test cut this connection')),
      }
      held.add(one)
      return one
    },
    gather(match, count) {
      const { promise: until, resolve: sendAll } = deferred<void>()
      let present = 0
      const onHeld = () => {
        present += 1
        if (present === count) sendAll()
      }
      addRule({ match, fault: { kind: 'hold request', until }, onHeld, times: count })
    },
    watch(watcher) {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
    alter(headers) {
      altered = headers
    },
    forget() {
      exchanges = []
    },
    refusePrefetches() {
      const where = ({ headers }: Asked) => 'next-router-prefetch' in headers
      proxy.when({ where }, { kind: 'answer', status: 503 })
    },
    reset() {
      for (const one of held) one.drop()
      held.clear()
      rules = []
      exchanges = []
      altered = {}
    },
    close() {
      proxy.reset()
      return new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
  const control = createControl(proxy)
  return proxy
}

function targetOf(to: number | string, overTls: boolean): Target {
  if (typeof to === 'number') return { host: '127.0.0.1', port: to, overTls }
  const { hostname, port, protocol } = new URL(to)
  const isTls = protocol === 'https:'
  return { host: hostname, port: Number(port || (isTls ? 443 : 80)), overTls: isTls }
}

const LOOPBACK = /^(?:localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** True if the address is the target's, by its own name or by another name of this machine. */
function isAt({ hostname, port }: URL, target: Target): boolean {
  const isHost = hostname === target.host || [hostname, target.host].every((h) => LOOPBACK.test(h))
  return isHost && Number(port || 80) === target.port
}

/** Reads the address of a request, which is absolute if the client uses the server as its proxy (RFC 9112 §3.2.2). */
function readAddress(address: string, target: Target): { url: string; elsewhere: Target | null } {
  if (address.startsWith('/') || !URL.canParse(address)) return { url: address, elsewhere: null }
  const absolute = new URL(address)
  const url = absolute.pathname + absolute.search
  if (isAt(absolute, target)) return { url, elsewhere: null }
  const { hostname: host, port } = absolute
  return { url, elsewhere: { host, port: Number(port || 80), overTls: false } }
}

function matchOf({ users, method, path, pattern, pagesOnly = false }: FaultRule): Match {
  const where = ({ headers }: Asked) => {
    if (pagesOnly && headers['sec-fetch-dest'] !== 'document') return false
    if (users.length === 0) return true
    const subject = subjectOfHeader(headers.cookie)
    return subject !== null && users.includes(subject)
  }
  const at = pattern === undefined ? path : new RegExp(pattern)
  return { where, ...(method ? { method } : {}), ...(at === undefined ? {} : { path: at }) }
}

function matches(match: Match, asked: Asked): boolean {
  if (match.method && match.method !== asked.method) return false
  if (typeof match.path === 'string' && match.path !== pathOf(asked)) return false
  if (match.path instanceof RegExp && !match.path.test(asked.url)) return false
  return match.where?.(asked) ?? true
}

function pathOf({ url }: Asked): string {
  return url.split('?', 1)[0] ?? url
}

function cut(outgoing: ServerResponse): void {
  const { socket } = outgoing
  // A TLS socket cannot send a TCP reset.
  if (socket instanceof TLSSocket) socket.destroy()
  else socket?.resetAndDestroy()
}

/** Raw headers, with the given ones in place of any with the same name. */
function withHeaders(raw: readonly string[], set: Altered['request'] = {}): string[] {
  const kept = raw.filter((_, i) => !Object.hasOwn(set, `${raw[i - (i % 2)]}`.toLowerCase()))
  return [...kept, ...Object.entries(set).flat()]
}

function deferred<T>() {
  let resolve!: (value: T) => void
  let reject!: (reason: Error) => void
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
