'use client'

import type { Life } from '@/contracts/life'
import type { SignInReason } from '@/http/address/return-path'
import { sessionClient } from '../session-client'
import { applyEnd, applyIssue, applyLife, type Issue, serverNow } from './life-store'

/** How long a stream may stay silent at its start: behind a proxy that holds responses back, the life is polled. */
const SILENT_MS = 5000
const POLL_MS = 5000
/** After how many polls the stream is tried again. */
const POLLS = 12
/** The name of the lock and the channel that the tabs of a browser share. */
const NAME = 'session life'
/** `RENEWAL_METRIC` of `http/wire.ts`. */
const RENEWAL_METRIC = 'access-token'

/** What the tab with the stream tells the others, of a user's session. */
type News = { readonly userId: string } & (
  | { readonly life: Life }
  | { readonly issue: Issue }
  | { readonly ended: NonNullable<Life['ended']> }
)

/**
 * Follows the session's life until the returned function is called. One tab of the browser has a stream, and tells the others. It
 * never renews the session: once the access token has expired it waits for the next renewal.
 * @param userId The user that the page was rendered for.
 * @param lifetimeMs How long an access token serves.
 */
export function followLife(userId: string, lifetimeMs: number): () => void {
  const stopping = new AbortController()
  const { signal } = stopping
  const query = `?${new URLSearchParams({ 'rendered-for': userId })}`
  const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(NAME) : null
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let polls = 0
  /** True while the access token is dead: nothing can be asked until it is renewed. */
  let isWaiting = false
  let isLeader = false

  function apply(news: News): void {
    // A tab may show an earlier user's page.
    if (news.userId !== userId) return
    if ('issue' in news) applyIssue(news.issue)
    else if ('ended' in news) applyEnd(news.ended, userId)
    else applyLife(news.life, lifetimeMs)
  }
  function tell(news: News): void {
    apply(news)
    channel?.postMessage(news)
  }
  function wait(task: () => void, ms: number): void {
    clearTimeout(timer)
    if (!signal.aborted) timer = setTimeout(task, ms)
  }

  function listen(): void {
    source?.close()
    if (signal.aborted) return
    polls = 0
    isWaiting = false
    source = new EventSource(`/api/auth/session/events${query}`)
    wait(() => void poll(), SILENT_MS)
    source.onmessage = ({ data }) => {
      clearTimeout(timer)
      const life: Life = JSON.parse(data)
      tell({ life, userId: life.userId })
      // A changed password moves the session to another id: the jar may hold its successor.
      if (life.ended) void poll(life.ended)
    }
    source.onerror = () => {
      if (source?.readyState === EventSource.CLOSED) void poll()
    }
  }

  async function poll(ended: Life['ended'] = null): Promise<void> {
    source?.close()
    const answer = await fetch(`/api/auth/session${query}`, { cache: 'no-store', signal }).catch(
      () => null,
    )
    const body = await answer?.json().catch(() => null)
    if (signal.aborted) return
    if (answer?.status === 200) {
      tell({ life: body, userId: body.userId })
      if (ended) return listen()
    } else if (answer?.status === 401) {
      const reason: SignInReason | undefined = body?.error?.reason
      const end = ended ?? (reason ? { reason, at: serverNow(Date.now()) } : null)
      if (end) tell({ ended: end, userId })
      isWaiting = true
      return
    }
    polls += 1
    wait(polls < POLLS ? () => void poll() : listen, POLL_MS)
  }

  const observer = watchRenewals((issue) => {
    tell({ issue, userId })
    renewed()
  })
  function renewed(): void {
    if (isLeader && isWaiting) listen()
  }
  // A page of any tab tells for how long its access token serves. No timing of this page shows the request for that page.
  const unsubscribe = sessionClient.session.subscribe(() => {
    if (sessionClient.session.get().remainingMs) renewed()
  })
  if (channel) {
    channel.onmessage = ({ data }: MessageEvent<News>) => {
      apply(data)
      if ('issue' in data && data.userId === userId) {
        sessionClient.adopt(Math.max(0, data.issue.until - serverNow(Date.now())))
        renewed()
      }
    }
  }

  const lead = () =>
    new Promise<void>((done) => {
      if (signal.aborted) return done()
      signal.addEventListener('abort', () => done())
      isLeader = true
      listen()
    })
  // Without locks, each tab has a stream of its own.
  if (navigator.locks) navigator.locks.request(NAME, { signal }, lead).catch(() => {})
  else void lead()

  return () => {
    stopping.abort()
    clearTimeout(timer)
    source?.close()
    observer?.disconnect()
    unsubscribe()
    channel?.close()
  }
}

/** Calls `found` for each request of this page whose response renewed the session, and sets the countdown. */
function watchRenewals(found: (issue: Issue) => void): PerformanceObserver | null {
  if (typeof PerformanceObserver !== 'function') return null
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      // Without a secure context there is no `serverTiming`.
      const metric = entry.serverTiming?.find(({ name }) => name === RENEWAL_METRIC)
      if (!metric) continue
      const [how, iat] = metric.description.split(' ')
      const at = Number(iat) * 1000
      const until = at + metric.duration
      const age = performance.now() - entry.responseStart
      sessionClient.adopt(Math.max(0, until - serverNow(at + age)))
      found({ at, until, isWritten: how === 'rotated' })
    }
  })
  observer.observe({ type: 'resource' })
  return observer
}
