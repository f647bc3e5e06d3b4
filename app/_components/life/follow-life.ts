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

type News =
  | { readonly life: Life }
  | { readonly issue: Issue }
  | { readonly ended: NonNullable<Life['ended']> }

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
    if ('issue' in news) applyIssue(news.issue)
    else if ('ended' in news) applyEnd(news.ended)
    else if (news.life.userId === userId) applyLife(news.life, lifetimeMs)
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
      tell({ life })
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
      tell({ life: body })
      if (ended) return listen()
    } else if (answer?.status === 401) {
      const reason: SignInReason | undefined = body?.error?.reason
      const end = ended ?? (reason ? { reason, at: serverNow(Date.now()) } : null)
      if (end) tell({ ended: end })
      isWaiting = true
      return
    }
    polls += 1
    wait(polls < POLLS ? () => void poll() : listen, POLL_MS)
  }

  const observer = watchRenewals((issue) => {
    tell({ issue })
    renewed()
  })
  function renewed(): void {
    if (isLeader && isWaiting) listen()
  }
  if (channel) {
    channel.onmessage = ({ data }: MessageEvent<News>) => {
      apply(data)
      if ('issue' in data) {
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
      const age = performance.now() - entry.responseStart
      const at = serverNow(Date.now()) - age
      sessionClient.adopt(Math.max(0, metric.duration - age))
      found({ at, until: at + metric.duration, isWritten: metric.description === 'rotated' })
    }
  })
  observer.observe({ type: 'resource' })
  return observer
}
