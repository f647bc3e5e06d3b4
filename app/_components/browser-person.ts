'use client'

/** The user that a page was rendered for. */
export interface Person {
  readonly id: string
  readonly name: string
}

/** The rendering of a page for a user, as the tabs of a browser share it. */
export interface Rendering {
  readonly person: Person
  /** When the server rendered the page, in milliseconds by the server's clock. A page from a cache is older than its load. */
  readonly at: number
  /** How long the access token was valid from then on, in milliseconds. */
  readonly remainingMs: number
}

/** The user that this tab shows, and the user that the browser's cookies belong to, as far as any tab knows. */
export interface BrowserPerson {
  readonly shown: Rendering | null
  readonly latest: Rendering | null
}

/** As `http/wire.ts` has it: what runs in a browser imports no room of the server. */
const RENDERED_FOR_HEADER = 'x-rendered-for'

const UNKNOWN: BrowserPerson = { shown: null, latest: null }
const listeners = new Set<() => void>()
let state = UNKNOWN
let channel: BroadcastChannel | undefined

function update(next: Partial<BrowserPerson>): void {
  state = { ...state, ...next }
  for (const listener of [...listeners]) listener()
}

const isLatest = ({ at }: Rendering) => state.latest === null || at > state.latest.at

/** Records the user that this tab's page was rendered for, and tells the other tabs if the rendering is the latest. */
export function show(rendering: Rendering): void {
  if (!channel && typeof BroadcastChannel === 'function') {
    channel = new BroadcastChannel('rendered for')
    channel.onmessage = ({ data }) => {
      if (isLatest(data)) update({ latest: data })
    }
  }
  const isNewer = isLatest(rendering)
  update(isNewer ? { shown: rendering, latest: rendering } : { shown: rendering })
  if (isNewer) channel?.postMessage(rendering)
}

/** The state of this tab, as an external store for `useSyncExternalStore`. */
export const browserPerson = {
  get: () => state,
  getOnServer: () => UNKNOWN,
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
  if (state.shown) request.headers[RENDERED_FOR_HEADER] = state.shown.person.id
  return request
}

/** A `fetch` that adds this header to writes. */
export const fetchAsShown: typeof fetch = (input, init = {}) => {
  const method = (init.method ?? (input instanceof Request ? input.method : 'GET')).toUpperCase()
  if (!state.shown || method === 'GET' || method === 'HEAD') return fetch(input, init)
  const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : {}))
  headers.set(RENDERED_FOR_HEADER, state.shown.person.id)
  return fetch(input, { ...init, headers })
}
