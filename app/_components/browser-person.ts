'use client'

/** Somebody whom a page was rendered for. */
export interface Person {
  readonly id: string
  readonly name: string
}

/** A page rendered for somebody, as its own tab and the others know it. */
export interface Rendering {
  readonly person: Person
  /** When the server rendered it, in milliseconds of the server's clock: a page from a cache is older than it looks. */
  readonly at: number
  /** How long the access token served from then on, in milliseconds. */
  readonly remainingMs: number
}

/** Whom this tab shows, and whom this browser's cookies belong to as far as any tab knows. */
export interface BrowserPerson {
  readonly shown: Rendering | null
  readonly latest: Rendering | null
}

const NOBODY: BrowserPerson = { shown: null, latest: null }
const listeners = new Set<() => void>()
let state = NOBODY
let channel: BroadcastChannel | undefined

function become(next: Partial<BrowserPerson>): void {
  state = { ...state, ...next }
  for (const listener of [...listeners]) listener()
}

const isNews = ({ at }: Rendering) => state.latest === null || at > state.latest.at

/** Takes over whom the page is for that this tab now shows, and tells the other tabs where that is news: somebody signed in. */
export function show(rendering: Rendering): void {
  if (!channel && typeof BroadcastChannel === 'function') {
    channel = new BroadcastChannel('rendered for')
    channel.onmessage = ({ data }) => {
      if (isNews(data)) become({ latest: data })
    }
  }
  const wasNews = isNews(rendering)
  become(wasNews ? { shown: rendering, latest: rendering } : { shown: rendering })
  if (wasNews) channel?.postMessage(rendering)
}

export const browserPerson = {
  get: () => state,
  getOnServer: () => NOBODY,
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}

/** The user that the browser's cookies belong to, if that is not the user that this tab shows; null otherwise. */
export function findOther({ shown, latest }: BrowserPerson): Person | null {
  return shown && latest && shown.person.id !== latest.person.id ? latest.person : null
}

/** Adds the header with the user that this tab shows. The server refuses the request if another user is signed in. */
export function nameShown<Request extends { headers: Record<string, string> }>(request: Request) {
  if (state.shown) request.headers['x-rendered-for'] = state.shown.person.id
  return request
}

/** A `fetch` whose writes bear that header. */
export const fetchAsShown: typeof fetch = (input, init = {}) => {
  const method = (init.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase()
  if (!state.shown || method === 'GET' || method === 'HEAD') return fetch(input, init)
  const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : {}))
  headers.set('x-rendered-for', state.shown.person.id)
  return fetch(input, { ...init, headers })
}
