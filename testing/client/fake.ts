import type { Clock } from '@/client/time/clock'

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Lets `ms` pass, and runs the timers that fall due on the way. */
  pass(ms: number): Promise<void>
  /** Sleeps for `ms` as a machine does: the time of day goes on, the monotonic clock and every timer stand still. */
  sleep(ms: number): void
  /** Sets the time of day ahead by `byMs`, or back if it is negative. */
  set(byMs: number): void
  /** How many timers are set. */
  readonly timers: number
}

/** Creates a clock that a test moves. */
export function fakeClock(): FakeClock {
  let now = 5000
  let wall = 1_700_000_000_000
  let timers: { at: number; run: () => void }[] = []
  return {
    now: () => now,
    wall: () => wall,
    after(ms, run) {
      const timer = { at: now + Math.max(0, ms), run }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    async pass(ms) {
      const until = now + ms
      await settle()
      for (;;) {
        const next = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        timers = timers.filter((other) => other !== next)
        wall += Math.max(0, next.at - now)
        now = Math.max(now, next.at)
        next.run()
        await settle()
      }
      wall += until - now
      now = until
    },
    sleep(ms) {
      wall += ms
    },
    set(byMs) {
      wall += byMs
    },
    get timers() {
      return timers.length
    },
  }
}

/** Resolves after every promise that can settle has settled. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** A request that the fake server received. */
export interface Asked {
  readonly path: string
  readonly method: string
  readonly headers: Headers
  readonly body: string
  readonly credentials: string | undefined
}

/** Creates a fake server. `answers` answers each request; its promise may stay pending. */
export function fakeServer(answers: (asked: Asked) => Response | Promise<Response>) {
  const asked: Asked[] = []
  const send = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    // Node's Request refuses a signal that is not its own, such as a polyfill's.
    const { signal, ...rest } = init ?? {}
    if (signal?.aborted) throw signal.reason
    const request = new Request(input, rest)
    const url = new URL(request.url)
    const one = {
      path: `${url.protocol}//${url.host}` === ORIGIN ? url.pathname : request.url,
      method: request.method,
      headers: new Headers(init?.headers ?? request.headers),
      body: await request.text(),
      credentials: init?.credentials,
    }
    asked.push(one)
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason))
      Promise.resolve(answers(one)).then(resolve, reject)
    })
  }
  return {
    send,
    asked,
    /** How many requests a path received. */
    count: (path: string) => asked.filter((one) => one.path === path).length,
  }
}

export const ORIGIN = 'https://app.example'
export const REFRESH = '/api/auth/refresh'
export const LOGIN = '/api/auth/login'
export const LOGOUT = '/api/auth/logout'

export const DAY_MS = 86_400_000
export const MINUTE_MS = 60_000

export const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers })
export const granted = (expiresIn = 900, token = 'access') => json(200, { token, expiresIn })
export const refused = (reason = 'expired') =>
  json(401, { error: { code: 'INVALID_REFRESH_TOKEN', status: 401, reason } })
export const signedOut = () => new Response(null, { status: 204 })
export const never = () => new Promise<Response>(() => {})

/** A promise, and the function that resolves it. */
export function deferred<T>() {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}
