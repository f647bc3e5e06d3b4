import 'server-only'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Server, ServerResponse } from 'node:http'

const CHANNEL = 'http.server.request.start'

/** The requests that this process is answering, whatever server of Node's they came through. */
export interface UnderWay {
  /** The server that the latest request came through; undefined before the first. */
  readonly server: Server | undefined
  readonly count: number
  /** From now on every answer ends its connection: what is under way as well as what still comes. */
  lastOfEach(): void
  /** Resolves once nothing is under way. */
  none(): Promise<void>
  stop(): void
}

/** Counts requests from the moment that Node announces them until their answer is sent, or its connection gone. */
export function watchUnderWay(): UnderWay {
  const open = new Set<ServerResponse>()
  const waiting = new Set<() => void>()
  let server: Server | undefined
  let isLast = false

  const started = (message: unknown) => {
    const { response, server: through } = message as { response: ServerResponse; server: Server }
    server = through
    open.add(response)
    if (isLast) endConnection(response)
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
    lastOfEach() {
      isLast = true
      for (const response of open) endConnection(response)
    },
    none: () =>
      open.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve)),
    stop: () => void unsubscribe(CHANNEL, started),
  }
}

/** A client that keeps its connection would send its next request into a server that is gone. */
function endConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close')
}
