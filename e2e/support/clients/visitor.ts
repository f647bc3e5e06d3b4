import { once } from 'node:events'
import { type IncomingMessage, Agent as PlainAgent, request as requestPlainly } from 'node:http'
import { request as requestOverTls, Agent as TlsAgent } from 'node:https'
import type { User } from '../server/server'
import { cookieHeader } from './script'

const MAX_HOPS = 5
const TIMEOUT_MS = 300_000
const agents = {
  'http:': new PlainAgent({ keepAlive: true }),
  'https:': new TlsAgent({ keepAlive: true, rejectUnauthorized: false }),
}

/** How a visit ended. */
export type Outcome =
  /** Answered with 200. */
  | 'served'
  /** 503 with Retry-After. */
  | 'unavailable'
  /** The response was lost on the way. */
  | 'lost'
  /** Another failure, or no response. */
  | 'failed'
  /** 401, or a redirect to sign in: the outcome that must never occur. */
  | 'signed out'

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Thrown for a response that was lost on the way. */
export class Lost extends Error {}

/** Called with each response before the jar stores its cookies. Rejects with `Lost` if the response is lost. */
export type OnAnswer = (answer: Answer) => Promise<void>

/** A client with a cookie jar and no browser. It stores cookies and follows challenges. */
export class Visitor {
  readonly jar: Record<string, string> = {}
  /** When each cookie expires, on the clock of `performance.now()`. */
  private readonly ends: Record<string, number> = {}

  constructor(
    private readonly origin: string,
    private readonly onAnswer: OnAnswer = async () => {},
    /** The source address. All of 127.0.0.0/8 is this machine. */
    private readonly address = '127.0.0.1',
  ) {}

  async signIn({ name, password }: User): Promise<void> {
    const body = JSON.stringify({ username: name, password })
    for (;;) {
      const { status } = await this.ask('POST', '/api/auth/login', body)
      if (status === 200) return
      // The server answers 503 while too many passwords are being verified.
      if (status !== 503) throw new Error(`Sign-in answered ${status}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  get refreshToken(): string | undefined {
    return Object.entries(this.jar).find(([name]) => name.endsWith('refresh_token'))?.[1]
  }

  /** Deletes the access token, as a browser does when the cookie expires. */
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

  /** Sends one request with the jar's current cookies. */
  async ask(method: string, path: string, body?: string): Promise<Answer> {
    this.drop((name) => performance.now() >= (this.ends[name] ?? 0))
    const url = new URL(path, this.origin)
    const overTls = url.protocol === 'https:'
    const asked = (overTls ? requestOverTls : requestPlainly)(url, {
      method,
      agent: agents[overTls ? 'https:' : 'http:'],
      localAddress: this.address,
      timeout: TIMEOUT_MS,
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
        // The server closed an idle connection. A browser also repeats the request on another one.
        if (asked.reusedSocket && error.code === 'ECONNRESET') return null
        throw error
      },
    )
    if (received === null) return this.ask(method, path, body)
    let text = ''
    for await (const chunk of received.setEncoding('utf8')) text += chunk
    const answer = { status: received.statusCode ?? 0, headers: received.headers, body: text }
    await this.onAnswer(answer)
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
