import { expect, test } from 'vitest'
import { granted, json, LOGOUT, never, REFRESH, settle, signedOut } from '@/testing/client/fake'
import { ADA, failure, open } from '@/testing/client/fake-client'

test('AbortSignal frees a caller at once, wherever it waits, and the refresh goes on for the others', async () => {
  let release = (_: Response) => {}
  const { client } = open(({ path }) =>
    path === REFRESH
      ? new Promise<Response>((resolve) => {
          release = resolve
        })
      : json(401, {}),
  )
  const abort = new AbortController()
  const waiting = failure(client.fetch('/api/me', { signal: abort.signal }))
  const other = client.refresh()
  await settle()
  abort.abort(new Error('enough'))
  expect(await waiting).toMatchObject({ message: 'enough' })
  release(granted())
  await other
  expect(await failure(client.refresh({ signal: AbortSignal.abort('no') }))).toBe('no')
})

test('close() rejects calls that wait, and leaves no timer', async () => {
  const { client, clock } = open(() => json(500, {}))
  const waiting = failure(client.refresh())
  await settle()
  expect(clock.timers).toBe(1)
  client.close()
  expect(await waiting).toMatchObject({ code: 'closed' })
  await settle()
  expect(clock.timers).toBe(0)
  expect(await failure(client.fetch('/api/me'))).toMatchObject({ code: 'closed' })

  const calm = open(() => granted())
  await calm.client.refresh()
  expect(calm.clock.timers).toBe(1)
  calm.client.close()
  expect(calm.clock.timers).toBe(0)

  const asking = open(never)
  const stuck = failure(asking.client.refresh())
  await settle()
  asking.client.close()
  expect(await stuck).toMatchObject({ code: 'closed' })
  await settle()
  expect(asking.clock.timers).toBe(0)
})

test('What a client itself asks follows no redirect: tokens and passwords go to the origin alone', async () => {
  const redirects: (string | undefined)[] = []
  const { client } = open(never, {
    fetch: async (input: unknown, init?: RequestInit) => {
      redirects.push(init?.redirect)
      return `${input}`.endsWith(LOGOUT) ? signedOut() : granted()
    },
  })
  await client.login(ADA)
  await client.refresh()
  await client.logout()
  expect(redirects).toEqual(['error', 'error', 'error'])
})

test('A closed client asks nothing', async () => {
  const { client, server } = open(() => granted())
  client.close()
  expect(await failure(client.login(ADA))).toMatchObject({ code: 'closed' })
  expect(await failure(client.logout())).toMatchObject({ code: 'closed' })
  expect(server.asked).toEqual([])
})
