import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundle, openClientPage } from '@/e2e/support/clients/client-bundle'
import { expect, test } from '@/e2e/support/fixtures'

const run = promisify(execFile)

const { FORCE_COLOR: _, NO_COLOR: __, ...PLAIN } = process.env

/** A program in which every call fails and no promise is handled that may be left unhandled. */
const PROGRAM = `
import { createClient } from '@/client/client'
import { oauth } from '@/client/contracts/oauth'
const [origin, username, password] = process.argv.slice(2)
let tries = 0
const failing = (...asked) => fetch(...asked).finally(() => { tries += 1 })
const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const client = createClient({ origin, contract: oauth })
await client.login({ username, password })
const { status } = await client.fetch('/api/me')
client.close()
const afterCalm = timers()

const cut = createClient({ origin: 'http://127.0.0.1:1', contract: oauth, storage: { get: () => 'r', set() {} }, fetch: failing })
const abort = new AbortController()
const codes = [
  cut.fetch('/api/me').catch((error) => error.code),
  cut.fetch('/api/me', { signal: abort.signal }).catch((error) => error.name),
  cut.refresh().catch((error) => error.code),
]
cut.wake()
// The pause lets the client see the third failure and set its timer, which close() must then clear.
while (tries < 3) await pause(5)
abort.abort()
cut.close()
const seen = await Promise.all(codes)
await new Promise(setImmediate)
console.log(JSON.stringify({ status, seen, afterCalm, afterTrouble: timers() }))
`

test('Client, in Node: no rejection goes unhandled, close() leaves no timer, and the program ends by itself', async ({
  server,
  user,
}) => {
  const directory = await mkdtemp(join(tmpdir(), 'rekindle-client-'))
  try {
    const file = join(directory, 'program.mjs')
    await writeFile(file, await bundle(PROGRAM, 'esm'))
    const parameters = ['--unhandled-rejections=strict', file, server.origin]
    const { stdout, stderr } = await run(
      process.execPath,
      [...parameters, user.name, user.password],
      { timeout: 300_000, env: PLAIN },
    )
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual({
      status: 200,
      seen: ['closed', 'AbortError', 'closed'],
      afterCalm: 0,
      afterTrouble: 0,
    })

    // An open client does not keep a program alive either.
    const [open = ''] = PROGRAM.replaceAll(/(client|cut)\.close\(\)/g, '').split('const codes')
    await writeFile(file, await bundle(open, 'esm'))
    await run(process.execPath, [...parameters, user.name, user.password], {
      timeout: 300_000,
      env: PLAIN,
    })
  } finally {
    await rm(directory, { recursive: true })
  }
})

test('Client, in Chromium: no rejection goes unhandled, and close() leaves no timer', async ({
  context,
  page,
  front,
  user,
  signedIn,
}) => {
  await page.addInitScript(() => {
    const live = new Set<unknown>()
    Object.assign(globalThis, { live })
    const { setTimeout: set, clearTimeout: clear } = globalThis
    globalThis.setTimeout = ((callback: () => void, ms?: number) => {
      // The scripts of the page that the client runs in have timers of their own.
      if (new Error().stack?.includes('/_next/static/')) return set(callback, ms)
      const timer = set(() => {
        live.delete(timer)
        callback()
      }, ms)
      live.add(timer)
      return timer
    }) as typeof setTimeout
    globalThis.clearTimeout = (timer) => {
      live.delete(timer)
      clear(timer)
    }
  })
  const live = () =>
    page.evaluate(() => (globalThis as unknown as { live: Set<unknown> }).live.size)
  const rejections: string[] = []
  page.on('pageerror', (error) => rejections.push(String(error)))
  await signedIn(context, { user })
  await openClientPage(page)
  const before = await live()
  await page.evaluate(() => client.refresh())
  expect(await live()).toBe(before + 1)
  await page.evaluate(() => client.close())
  expect(await live()).toBe(before)

  await openClientPage(page)
  front.when({ path: '/api/auth/refresh' }, { kind: 'drop request' })
  const ended = page.evaluate(async () => {
    client.adopt(0)
    const abort = new AbortController()
    const codes = [
      client.fetch('/api/me').catch((error) => error.code),
      client.fetch('/api/me', { signal: abort.signal }).catch((error) => error.name),
      client.refresh().catch((error) => error.code),
    ]
    client.wake()
    await new Promise<void>((resolve) => Object.assign(globalThis, { end: resolve }))
    abort.abort()
    client.close()
    return Promise.all(codes)
  })
  await expect.poll(() => front.passed('/api/auth/refresh').length).toBeGreaterThan(3)
  await page.evaluate(() => (globalThis as unknown as { end: () => void }).end())
  expect(await ended).toEqual(['closed', 'AbortError', 'closed'])
  expect(await live()).toBe(before)
  expect(rejections).toEqual([])
})
