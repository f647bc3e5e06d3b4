import { afterEach, vi } from 'vitest'
import { type Client, type ClientError, type ClientOptions, createClient } from '@/client/client'
import { type Asked, fakeClock, fakeServer, ORIGIN } from './fake'

export const ADA = { username: 'ada', password: 'secret' }

const opened: Client[] = []
afterEach(() => {
  for (const client of opened.splice(0)) client.close()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

/** Opens a client that is closed after the test. */
export function openTab(options: ClientOptions): Client {
  const client = createClient(options)
  opened.push(client)
  return client
}

/** Opens a client on a fake clock and a fake server, in cookie mode unless the options say otherwise. */
export function open(
  answers: (asked: Asked) => Response | Promise<Response>,
  options: Partial<ClientOptions> = {},
) {
  vi.stubGlobal('BroadcastChannel', undefined)
  const clock = fakeClock()
  const server = fakeServer(answers)
  const client = openTab({
    ...{ origin: ORIGIN, mode: 'cookie', clock, fetch: server.send },
    ...options,
  })
  return { client, clock, server }
}

/** Resolves with the error of a promise that must reject. */
export const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('It went well')
    },
    (error: ClientError) => error,
  )
