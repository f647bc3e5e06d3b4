import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import { createServer as createTlsServer, request as requestOverTls } from 'node:https'
import type { AddressInfo } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Certificate } from './certificate'

/** What the proxy does with an exchange that a rule matches. */
export type Fault =
  /** Cuts the connection before the request is sent on. */
  | { readonly kind: 'drop request' }
  /** Lets the server answer in full, and cuts the connection before a byte reaches the client. */
  | { readonly kind: 'drop response' }
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
  /** Answers in the server's place. */
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }

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
}

/**
 * A plain HTTP proxy that simulates network faults. Every connection serves one request: on a reused connection
 * Chromium would repeat a cut request by itself.
 */
export interface TestProxy {
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
  /** Calls `witness` with every response of the server, even one that is then lost. Returns a function that stops it. */
  watch(witness: (exchange: Answered) => void): () => void
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

/** Opens a proxy to a port of this machine. With a `certificate` it speaks TLS on both sides. */
export async function openProxy(
  targetPort: number,
  certificate: Certificate | null = null,
): Promise<TestProxy> {
  let rules: Rule[] = []
  let exchanges: Exchange[] = []
  let altered: Altered = {}
  const held = new Set<Held>()
  const witnesses = new Set<(exchange: Answered) => void>()

  function ruleFor(asked: Asked): Rule | undefined {
    const rule = rules.find(({ match, times }) => times > 0 && matches(match, asked))
    if (rule) rule.times -= 1
    return rule
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readAll(incoming)
    const exchange: Exchange = {
      method: incoming.method ?? 'GET',
      url: incoming.url ?? '/',
      headers: incoming.headers,
      body: body.toString(),
      delivered: false,
    }
    exchanges.push(exchange)
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
    const { rawHeaders: sent } = incoming
    const asked = { ...exchange, rawHeaders: withHeaders(sent, altered.request) }
    const answer = await forward({ port: targetPort, overTls }, asked, body, pause)
    answer.rawHeaders = withHeaders(answer.rawHeaders, altered.response)
    exchange.answer = {
      status: answer.status,
      headers: answer.headers,
      setCookies: answer.headers['set-cookie'] ?? [],
      body: answer.body.toString(),
    }
    for (const witness of witnesses) witness(exchange as Answered)
    if (fault?.kind === 'drop response') return cut(outgoing)
    if (fault?.kind === 'hold response') {
      rule?.onHeld?.(exchange)
      await fault.until
    }
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

  const overTls = certificate !== null
  const receive = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    serve(incoming, outgoing).catch(() => cut(outgoing))
  }
  const server = certificate ? createTlsServer({ ...certificate }, receive) : createServer(receive)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  const proxy: TestProxy = {
    origin: overTls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    get exchanges() {
      return exchanges
    },
    passed: (path, method) =>
      exchanges.filter(
        (exchange) => pathOf(exchange) === path && (!method || exchange.method === method),
      ),
    when(match, fault, times = Number.POSITIVE_INFINITY) {
      const rule: Rule = { match, fault, times }
      rules.push(rule)
      return () => {
        rule.times = 0
      }
    },
    hold(match, what = 'response') {
      const { promise: until, resolve: release, reject } = deferred<void>()
      const { promise: arrived, resolve: onHeld } = deferred<Exchange>()
      until.catch(() => {})
      rules.push({ match, fault: { kind: `hold ${what}`, until }, onHeld, times: 1 })
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
      rules.push({ match, fault: { kind: 'hold request', until }, onHeld, times: count })
    },
    watch(witness) {
      witnesses.add(witness)
      return () => void witnesses.delete(witness)
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
  return proxy
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

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  rawHeaders: string[]
  readonly body: Buffer
}

/** Raw headers, with the given ones in place of any with the same name. */
function withHeaders(raw: readonly string[], set: Altered['request'] = {}): string[] {
  const kept = raw.filter((_, i) => !Object.hasOwn(set, `${raw[i - (i % 2)]}`.toLowerCase()))
  return [...kept, ...Object.entries(set).flat()]
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length'])
/** Request headers that the proxy drops, so that recorded bodies are not compressed. */
const NOT_FORWARDED = new Set([...HOP_BY_HOP, 'accept-encoding'])

function forward(
  { port, overTls }: { port: number; overTls: boolean },
  incoming: Pick<Exchange, 'method' | 'url'> & { readonly rawHeaders: readonly string[] },
  body: Buffer,
  pause?: Promise<void>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, url } = incoming
    const options = { host: '127.0.0.1', port, method, path: url, agent: false, setHost: false }
    const onward = overTls
      ? requestOverTls({ ...options, servername: 'localhost', rejectUnauthorized: false })
      : request(options)
    for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
      const [name = '', value = ''] = incoming.rawHeaders.slice(i, i + 2)
      if (!NOT_FORWARDED.has(name.toLowerCase())) onward.appendHeader(name, value)
    }
    if (body.length > 0) onward.setHeader('content-length', body.length)
    onward.once('error', reject)
    onward.once('response', (answer) => {
      readAll(answer).then((content) => {
        const rawHeaders: string[] = []
        for (let i = 0; i < answer.rawHeaders.length; i += 2) {
          const [name = '', value = ''] = answer.rawHeaders.slice(i, i + 2)
          if (!HOP_BY_HOP.has(name.toLowerCase())) rawHeaders.push(name, value)
        }
        rawHeaders.push('connection', 'close')
        if (content.length > 0) rawHeaders.push('content-length', String(content.length))
        const { statusCode: status = 502, headers } = answer
        resolve({ status, headers, rawHeaders, body: content })
      }, reject)
    })
    if (!pause) return void onward.end(body)
    const half = body.length >> 1
    onward.write(body.subarray(0, half))
    pause.then(() => onward.end(body.subarray(half)), reject)
  })
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
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
