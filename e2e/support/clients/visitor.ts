import { once } from 'node:events'
import { type IncomingMessage, Agent as PlainAgent, request as requestPlainly } from 'node:http'
import { request as requestOverTls, Agent as TlsAgent } from 'node:https'
import type { User } from '../server/server'
import { cookieHeader } from './script'

const MAX_HOPS = 5
const PATIENCE_MS = 300_000
const agents = {
  'http:': new PlainAgent({ keepAlive: true }),
  'https:': new TlsAgent({ keepAlive: true, rejectUnauthorized: false }),
}

/** How a visit ended. */
export type Outcome =
  /** With what was asked for. */
  | 'served'
  /** Asked to come back: a 503 with Retry-After. */
  | 'unavailable'
  /** Served or not, the answer was lost on the way. */
  | 'lost'
  /** Another failure, or no answer at all. */
  | 'failed'
  /** Told to sign in, or that there is no session: the one thing that must not be. */
  | 'signed out'

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** An answer that never arrived. */
export class Lost extends Error {}

/** What the network does to an answer on its way to the jar. Rejects with Lost where it is lost. */
export type Fate = (answer: Answer) => Promise<void>

/** A client with a jar and no browser: it keeps cookies, and follows a request to come back with what it holds. */
export class Visitor {
  readonly jar: Record<string, string> = {}
  /** When a cookie's time is over, of `performance.now()`. */
  private readonly ends: Record<string, number> = {}

  constructor(
    private readonly origin: string,
    private readonly fate: Fate = async () => {},
    /** Where it comes from: any of 127.0.0.0/8 is this machine. */
    private readonly address = '127.0.0.1',
  ) {}

  async signIn({ name, password }: User): Promise<void> {
    const body = JSON.stringify({ username: name, password })
    for (;;) {
      const { status } = await this.ask('POST', '/api/auth/login', body)
      if (status === 200) return
      // More than a few passwords at once are asked to wait.
      if (status !== 503) throw new Error(`Sign-in answered ${status}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  get refreshToken(): string | undefined {
    return Object.entries(this.jar).find(([name]) => name.endsWith('refresh_token'))?.[1]
  }

  /** What the browser does by itself when an access token's time is over. */
  loseAccess(): void {
    this.drop((name) => name.endsWith('access_token'))
  }

  async visit(path = '/api/me'): Promise<Outcome> {
    for (let hop = 0; hop < MAX_HOPS; hop++) {
      const answer = await this.ask('GET', path).catch((error) => error as Error)
      if (answer instanceof Lost) return 'lost'
      if (answer instanceof Error) return 'failed'
      if (answer.status === 200) return 'served'
      if (answer.status === 401 || answer.status === 303) return 'signed out'
      if (answer.status === 503 && answer.headers['retry-after']) return 'unavailable'
      if (answer.status !== 307) return 'failed'
    }
    return 'failed'
  }

  /** One request with what the jar holds now. */
  async ask(method: string, path: string, body?: string): Promise<Answer> {
    this.drop((name) => performance.now() >= (this.ends[name] ?? 0))
    const url = new URL(path, this.origin)
    const overTls = url.protocol === 'https:'
    const asked = (overTls ? requestOverTls : requestPlainly)(url, {
      method,
      agent: agents[overTls ? 'https:' : 'http:'],
      localAddress: this.address,
      timeout: PATIENCE_MS,
      headers: {
        cookie: cookieHeader(this.jar),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
    })
    asked.once('timeout', () => asked.destroy(new Error('No answer in time')))
    asked.end(body)
    const received = await once(asked, 'response').then(
      ([first]) => first as IncomingMessage,
      (error: NodeJS.ErrnoException) => {
        // The connection was closed while nothing was under way: a browser, too, asks again on another.
        if (asked.reusedSocket && error.code === 'ECONNRESET') return null
        throw error
      },
    )
    if (received === null) return this.ask(method, path, body)
    let text = ''
    for await (const chunk of received.setEncoding('utf8')) text += chunk
    const answer = { status: received.statusCode ?? 0, headers: received.headers, body: text }
    await this.fate(answer)
    this.keep(answer.headers['set-cookie'] ?? [])
    return answer
  }

  private keep(setCookies: readonly string[]): void {
    for (const line of setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      const [, seconds = 'Infinity'] = /Max-Age=(\d+)/i.exec(line) ?? []
      this.jar[name] = value
      this.ends[name] = value === '' ? 0 : performance.now() + Number(seconds) * 1000
    }
  }

  private drop(isOver: (name: string) => boolean): void {
    for (const name of Object.keys(this.jar)) if (isOver(name)) delete this.jar[name]
  }
}
