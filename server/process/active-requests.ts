import 'server-only'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Server, ServerResponse } from 'node:http'

const CHANNEL = 'http.server.request.start'

/** The requests that this process is answering, on all of its HTTP servers. */
export interface ActiveRequests {
  /** The HTTP server that received the latest request; undefined before the first request. */
  readonly server: Server | undefined
  /** How many requests are not answered yet. */
  readonly count: number
  /** Makes every response close its connection: those of active requests and those of requests still to come. */
  closeConnections(): void
  /** Resolves once no request is active. */
  drained(): Promise<void>
  /** Stops counting. */
  stop(): void
}

/** Counts each request from its start, which Node announces, until its response is sent or its connection is lost. */
export function trackActiveRequests(): ActiveRequests {
  const open = new Set<ServerResponse>()
  const waiting = new Set<() => void>()
  let server: Server | undefined
  let closesConnections = false

  const started = (message: unknown) => {
    const { response, server: through } = message as { response: ServerResponse; server: Server }
    server = through
    open.add(response)
    if (closesConnections) closeAfterResponse(response)
    response.once('close', () => {
      open.delete(response)
      if (open.size > 0) return
      for (const resolve of waiting) resolve()
      waiting.clear()
    })
  }
  subscribe(CHANNEL, started)

  return {
    get server() {
      return server
    },
    get count() {
      return open.size
    },
    closeConnections() {
      closesConnections = true
      for (const response of open) closeAfterResponse(response)
    },
    drained: () =>
      open.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve)),
    stop: () => void unsubscribe(CHANNEL, started),
  }
}

/** A client that kept its connection would send its next request to a server that is gone. */
function closeAfterResponse(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close')
}
