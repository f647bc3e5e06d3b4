import 'server-only'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request as send } from 'node:http'
import type { Outcome } from './event'
import { Jar } from './jar'
import type { SceneRun } from './run'

/** How often a browser follows a redirect of one request. */
const MAX_HOPS = 5

/** A request of a browser. */
export interface Ask {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The number of the tab, from 1. */
  readonly tab?: number
  /** True if the network loses the answer: the server has done its work, and the jar never sees it. */
  readonly loses?: boolean
  /** The network holds the request until this resolves. Only then does the server see it. */
  readonly heldUntil?: Promise<void>
}

/** How a request ended, with the text of its last answer. */
export interface Ending {
  readonly outcome: Outcome
  readonly status: number
  readonly text: string
  /** The names of the cookies that the jar stored on the way. */
  readonly stored: readonly string[]
}

/** An HTTP client with a cookie jar: a person's browser, or a thief's. It asks this server over HTTP, as any client does. */
export class Browser {
  readonly requests: Ending[] = []
  private readonly agent = new Agent({ keepAlive: true })

  constructor(
    private readonly run: SceneRun,
    /** The name of the lane on the screen. */
    readonly name: string,
    readonly jar = new Jar(),
  ) {
    run.signal.addEventListener('abort', () => this.agent.destroy(), { once: true })
  }

  /** Sends a request, and follows the redirects with which middleware sends it back to its jar. */
  async ask(ask: Ask = {}): Promise<Ending> {
    const stored: string[] = []
    for (let hop = 0; ; hop++) {
      const ending = await this.exchange(ask, hop > 0)
      stored.push(...ending.stored)
      if (ending.outcome !== 'again' || hop === MAX_HOPS) {
        const last = { ...ending, stored }
        this.requests.push(last)
        return last
      }
      const { heldUntil: _, ...next } = ask
      ask = { ...next, path: ending.location }
    }
  }

  private async exchange(
    { method = 'GET', path = '/dashboard', headers = {}, body, tab = 1, loses, heldUntil }: Ask,
    again: boolean,
  ): Promise<Ending & { location: string }> {
    const { run } = this
    const isApi = path.startsWith('/api/')
    const cookie = this.jar.header()
    const sent = { by: this.name, tab, method, path: shownPath(path), again }
    const { request, id } = run.sent({ ...sent, jar: this.jar.view() })
    if (heldUntil !== undefined) {
      run.emit({ kind: 'held', request })
      await heldUntil
    }
    const { response, text } = await this.transfer(method, path, body, {
      cookie,
      'x-request-id': id,
      'user-agent': `Rekindle lab (${this.name})`,
      accept: isApi ? 'application/json' : 'text/html',
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': isApi ? 'cors' : 'navigate',
      'sec-fetch-dest': isApi ? 'empty' : 'document',
      ...(method === 'GET' ? {} : { origin: run.appOrigin }),
      ...headers,
    })
    const status = response.statusCode ?? 0
    const location = pathOf(response.headers.location)
    const setCookies = response.headers['set-cookie'] ?? []
    const sets = setCookies.flatMap(nameOfSet)
    // A challenge arrives. What carries a token, or is the last answer, is lost.
    const lost = loses === true && (status !== 307 || sets.includes('access_token'))
    const outcome = lost ? 'lost' : outcomeOf(status, location)
    const stored = lost ? [] : this.jar.take(setCookies)
    const to = location === '' ? null : location
    const jar = this.jar.view()
    run.emit({ kind: 'answered', request, status, sets, to, lost, outcome, jar })
    return { outcome, status, text, stored, location }
  }

  /** Sends a request to this process, and reads the whole answer. */
  private async transfer(
    method: string,
    path: string,
    body: string | undefined,
    headers: Record<string, string>,
  ): Promise<{ response: IncomingMessage; text: string }> {
    const { run, agent } = this
    const host = new URL(run.appOrigin).host
    const options = { method, agent, headers: { ...headers, host }, signal: run.signal }
    const asked = send(new URL(path, run.ownOrigin), options)
    asked.end(body)
    let response: IncomingMessage
    try {
      ;[response] = (await once(asked, 'response')) as [IncomingMessage]
    } catch (error) {
      // The server had closed an idle connection. Any browser repeats the request on another one.
      const { code } = error as NodeJS.ErrnoException
      if (asked.reusedSocket && code === 'ECONNRESET')
        return this.transfer(method, path, body, headers)
      throw error
    }
    let text = ''
    for await (const chunk of response.setEncoding('utf8')) text += chunk
    return { response, text }
  }
}

function outcomeOf(status: number, location: string): Outcome {
  if (status === 401 || (status === 303 && location.startsWith('/sign-in'))) return 'signed out'
  if (status === 307) return location.startsWith('/sign-in') ? 'signed out' : 'again'
  if (status === 503) return 'unavailable'
  return status < 400 ? 'served' : 'failed'
}

function pathOf(location: string | undefined): string {
  if (location === undefined) return ''
  const { pathname, search } = new URL(location, 'http://lab.invalid')
  return pathname + search
}

/** A path without its query and without the id of a session. */
function shownPath(path: string): string {
  return path.replace(/\?.*/, '').replace(/^\/api\/sessions\/.+/, '/api/sessions/…')
}

function nameOfSet(line: string): string[] {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
  return value === '' ? [] : [name.replace('__Host-', '')]
}
