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

/** What becomes of an exchange that a rule matches. */
export type Fate =
  /** The connection is cut before anything is sent on. */
  | { readonly kind: 'drop request' }
  /** The server answers in full, and the connection is cut before a byte of it reaches the client. */
  | { readonly kind: 'drop response' }
  /** The server answers in full, and the client gets the head and half of the body; then this side closes. */
  | { readonly kind: 'halve response' }
  /** The server answers in full, and the client gets the head and half of the body, and nothing more. */
  | { readonly kind: 'stall response' }
  /** The server answers in full, and the answer waits for `until`; it is cut if that rejects. */
  | { readonly kind: 'hold response'; readonly until: Promise<void> }
  /** The request waits for `until` before it is sent on. */
  | { readonly kind: 'hold request'; readonly until: Promise<void> }
  /** The request's head and half of its body are sent on, the rest when `until` resolves: a slow upload. */
  | { readonly kind: 'split request'; readonly until: Promise<void> }
  /** The proxy answers by itself. */
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }

export interface Match {
  readonly method?: string
  /** The whole path without the query, or a pattern for path and query. */
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

/** What passed, in the order in which the requests arrived. */
export interface Exchange extends Asked {
  /** Undefined until the server has answered, and where it was never asked. */
  answer?: {
    readonly status: number
    readonly headers: IncomingHttpHeaders
    readonly setCookies: readonly string[]
    readonly body: string
  }
  /** Whether the client got the answer. */
  delivered: boolean
}

/** An exchange that the server has answered. */
export type Answered = Exchange & Required<Pick<Exchange, 'answer'>>

/** An answer that the test keeps back. */
export interface Held {
  /** Resolves with the exchange once it waits. */
  readonly arrived: Promise<Exchange>
  release(): void
  /** Cuts the connection instead. */
  drop(): void
}

/** Headers that a proxy sets over what was sent, by their names in lower case. */
interface Altered {
  readonly request?: Readonly<Record<string, string>>
  readonly response?: Readonly<Record<string, string>>
}

interface Rule {
  readonly match: Match
  readonly fate: Fate
  readonly onHeld?: (exchange: Exchange) => void
  times: number
}

/**
 * A plain HTTP proxy that does to an exchange what the network does to it on a bad day. Every connection serves one
 * request: on a reused one Chromium would repeat a cut request by itself.
 */
export interface TestProxy {
  readonly origin: string
  readonly exchanges: readonly Exchange[]
  /** The exchanges of this path (without query), and method where one is given. */
  passed(path: string, method?: string): Exchange[]
  /** Sets what becomes of the next `times` exchanges that match; the rule set first wins. Returns its removal. */
  when(match: Match, fate: Fate, times?: number): () => void
  /** Keeps back the answer, or the request, of the next exchange that matches. */
  hold(match: Match, what?: 'response' | 'request'): Held
  /** Keeps back matching requests until `count` of them are there, then sends all on: a true race. */
  gather(match: Match, count: number): void
  /** Shows every answer of the server to `witness` as it comes, whatever becomes of it then. Returns its removal. */
  watch(witness: (exchange: Answered) => void): () => void
  /** Sets headers on every request and every answer that passes, as a company's proxy does. */
  alter(headers: Altered): void
  /** Forgets the exchanges, and keeps the rules. */
  forget(): void
  /** Fails whatever the router fetches ahead, so that only what the person does uses the session. */
  refusePrefetches(): void
  /** Forgets rules and exchanges. What is held is cut. */
  reset(): void
  close(): Promise<void>
}

/** With a `certificate` it speaks TLS on both sides. */
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
    const fate = rule?.fate

    if (fate?.kind === 'drop request') return cut(outgoing)
    if (fate?.kind === 'answer') {
      outgoing.writeHead(fate.status, { ...fate.headers, connection: 'close' }).end(fate.body ?? '')
      return
    }
    if (fate?.kind === 'hold request') {
      rule?.onHeld?.(exchange)
      await fate.until
    }
    const pause = fate?.kind === 'split request' ? fate.until : undefined
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
    if (fate?.kind === 'drop response') return cut(outgoing)
    if (fate?.kind === 'hold response') {
      rule?.onHeld?.(exchange)
      await fate.until
    }
    if (fate?.kind === 'halve response' || fate?.kind === 'stall response') {
      outgoing.writeHead(answer.status, answer.rawHeaders)
      outgoing.write(answer.body.subarray(0, answer.body.length >> 1))
      if (fate.kind === 'halve response') outgoing.socket?.end()
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
    when(match, fate, times = Number.POSITIVE_INFINITY) {
      const rule: Rule = { match, fate, times }
      rules.push(rule)
      return () => {
        rule.times = 0
      }
    },
    hold(match, what = 'response') {
      const { promise: until, resolve: release, reject } = deferred<void>()
      const { promise: arrived, resolve: onHeld } = deferred<Exchange>()
      until.catch(() => {})
      rules.push({ match, fate: { kind: `hold ${what}`, until }, onHeld, times: 1 })
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
      rules.push({ match, fate: { kind: 'hold request', until }, onHeld, times: count })
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
  // TLS has no reset of its own.
  if (socket instanceof TLSSocket) socket.destroy()
  else socket?.resetAndDestroy()
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  rawHeaders: string[]
  readonly body: Buffer
}

/** Raw headers in which the given ones replace any of their name. */
function withHeaders(raw: readonly string[], set: Altered['request'] = {}): string[] {
  const kept = raw.filter((_, i) => !Object.hasOwn(set, `${raw[i - (i % 2)]}`.toLowerCase()))
  return [...kept, ...Object.entries(set).flat()]
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length'])
/** Dropped on the way in, so that recorded bodies can be read. */
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
