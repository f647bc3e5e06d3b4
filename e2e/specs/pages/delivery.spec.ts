import { namesOf, readJar } from '@/e2e/support/clients/jar'
import { expect, test } from '@/e2e/support/fixtures'
import { untilIdle } from '@/e2e/support/steps'
import type { Exchange } from '@/testing/kit/proxy'

const HOUR = 3_600_000

test('A token renewed on the way is seen by the page, the server action and the route handler of the same request', {
  tag: '@F8',
}, async ({ browser, baseURL, server, front, expectStillSignedIn, passTime, signedIn }) => {
  front.refusePrefetches()
  const open = async () => {
    const user = await server.register()
    const context = await browser.newContext({ ...(baseURL && { baseURL }) })
    await signedIn(context, { user })
    const page = await context.newPage()
    await page.goto('/dashboard')
    return { page, user }
  }
  const [rendered, acting, asking] = await Promise.all([open(), open(), open()])
  await passTime(HOUR)
  front.forget()

  await rendered.page.reload()
  await expectStillSignedIn(rendered.page, rendered.user)
  await acting.page.getByTestId('action-run').click()
  await expect(acting.page.getByTestId('action-result')).toContainText(acting.user.name)
  await asking.page.getByTestId('api-run').click()
  await expect(asking.page.getByTestId('api-result')).toContainText(asking.user.name)

  // Each was one request, and its own response carries the token that it was served with.
  expect(front.passed('/dashboard', 'GET').filter(isDocument).map(outcome)).toEqual([
    { status: 200, sets: ['access_token', 'refresh_token'] },
  ])
  expect(front.passed('/dashboard', 'POST').map(outcome)).toEqual([
    { status: 200, sets: ['access_token'] },
  ])
  expect(front.passed('/api/me').map(outcome)).toEqual([
    { status: 200, sets: ['access_token', 'refresh_token'] },
  ])
  for (const { page } of [rendered, acting, asking]) await page.context().close()
})

test('Rendering sets no token and refreshes nothing, with and without a good access token', {
  tag: '@F9',
}, async ({ page, context, server, user, rows, front, inner, gate, passTime, signedIn }) => {
  await signedIn(context, { user })
  const before = rows.session(user.name)
  const { refresh } = await readJar(context)
  front.forget()
  for (const path of ['/', '/dashboard', '/devices', '/account', '/sign-in']) {
    await page.goto(path)
    await untilIdle(page)
  }
  await passTime(HOUR)
  const away = rows.session(user.name)
  // The gate passes a public page that shows no session, and an API call with its own (invalid) Bearer token.
  await page.goto('/.well-known/jwks.json')
  const bare = await fetch(`${server.origin}/api/me`, {
    headers: { cookie: `refresh_token=${refresh}`, authorization: 'Bearer nonsense' },
    redirect: 'manual',
  })

  expect(await bare.text()).not.toContain(user.name)
  // The gate may refresh for a prefetch of a gated page. A render may not.
  const rendered = front.exchanges.filter((exchange) => isDocument(exchange))
  expect(rendered.length).toBeGreaterThanOrEqual(7)
  const set = rendered.flatMap(({ answer }) => namesOf(answer?.setCookies ?? []))
  // The value that distinguishes two forms of one page from two sign-ins.
  expect(set.filter((name) => name !== 'sign_in_attempt')).toEqual([])
  expect(bare.headers.getSetCookie()).toEqual([])
  expect(before).toMatchObject({ generation: 0, branch: 0 })
  const times = ['issued_at', 'auth_time', 'created_at', 'expires_at', 'idle_expires_at']
  const moved = Object.entries(before).map(([name, value]) => [
    name,
    times.includes(name) ? value - HOUR : value,
  ])
  expect(away).toEqual(Object.fromEntries(moved))
  // In process, no refresh can be seen but by what it delivers.
  if (gate === 'in-process') return
  await expect
    .poll(() => inner.exchanges.length - front.exchanges.filter(setsTokens).length)
    .toBe(0)
})

test('Every response that sets a cookie is private and never stored', { tag: '@F13' }, async ({
  page,
  user,
  front,
  inner,
  passTime,
}) => {
  const name = `${user.name}-too`
  front.refusePrefetches()
  await page.goto('/sign-up')
  await page.locator('input[name=username]').fill(name)
  await page.locator('input[name=password]').fill(user.password)
  await page.locator('form[action="/api/auth/register"] [type=submit]').click()
  await page.waitForURL('**/dashboard')
  await passTime(HOUR)
  await page.goto('/devices')
  await passTime(HOUR)
  await page.evaluate(() => fetch('/api/me'))
  await page.goto('/dashboard')
  await passTime(HOUR)
  await page.getByTestId('action-run').click()
  await expect(page.getByTestId('action-result')).toContainText(name)
  const lost = front.when({ path: '/api/me' }, { kind: 'drop response' })
  await passTime(HOUR)
  await page.evaluate(() => fetch('/api/me').catch(() => null))
  lost()
  await passTime(HOUR)
  await page.goto('/dashboard')
  await page.evaluate(() => fetch('/api/auth/refresh', { method: 'POST' }))
  await page.getByTestId('sign-out').click()
  await page.waitForURL('**/sign-in?*')
  await page.locator('input[name=username]').fill(name)
  await page.locator('input[name=password]').fill(user.password)
  await page.locator('form[action="/api/auth/login"] [type=submit]').click()
  await page.waitForURL('**/dashboard')

  const setting = front.exchanges.filter(setsCookies)
  const kinds = new Set(setting.map((exchange) => `${exchange.method} ${kindOf(exchange)}`))
  expect(kinds).toEqual(
    new Set([
      'GET /sign-in 200',
      'GET /sign-up 200',
      'POST /api/auth/register 303',
      'GET /devices 200',
      'GET /api/me 200',
      'POST /dashboard 200',
      'GET /dashboard 307',
      'POST /api/auth/refresh 200',
      'POST /api/auth/logout 204',
      'POST /api/auth/logout 303',
      'POST /api/auth/login 303',
    ]),
  )
  const [acts, others] = [true, false].map((isAct) =>
    [...setting, ...inner.exchanges].filter(({ headers }) => 'next-action' in headers === isAct),
  )
  expect(others?.map(cacheControl)).toEqual(others?.map(() => 'private, no-store'))
  // Next.js sets its own equivalent header on the response of a server action.
  const own = 'no-cache, no-store, max-age=0, must-revalidate'
  expect(acts?.map(cacheControl)).toEqual(acts?.map(() => own))
})

test('Cookies stay far below 4 KB with the longest name that there is', { tag: '@F20' }, async ({
  page,
  server,
  front,
  expectStillSignedIn,
  passTime,
}) => {
  // 64 characters of four bytes each, which normalization does not shorten.
  const user = await server.register(longestName())
  const data = { username: user.name, password: user.password }
  await page.request.post('/api/auth/login', { data })
  await passTime(HOUR)
  const lost = front.when({ path: '/dashboard' }, { kind: 'drop response' })
  await expect(page.goto('/dashboard')).rejects.toThrow(/ERR_/)
  lost()
  await page.waitForURL(/^chrome-error:/, { waitUntil: 'commit' })
  await passTime(HOUR)
  await page.goto('/dashboard')
  await expectStillSignedIn(page, user)

  const lines = front.exchanges.flatMap(({ answer }) => answer?.setCookies ?? [])
  const names = new Set(lines.map((line) => line.split('=', 1)[0]))
  expect(names).toEqual(
    new Set(['access_token', 'refresh_token', 'refresh_challenge', 'known_device']),
  )
  expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThan(1024)
  const sent = front.exchanges.map(({ headers }) => headers.cookie ?? '')
  expect(Math.max(...sent.map((line) => line.length))).toBeLessThan(2048)
})

function longestName(): string {
  const letters = Array.from({ length: 64 }, () => 0x10400 + Math.floor(Math.random() * 40))
  return String.fromCodePoint(...letters)
}

function isDocument({ headers }: Exchange): boolean {
  return headers['sec-fetch-dest'] === 'document'
}

function setsCookies({ answer }: Exchange): boolean {
  return (answer?.setCookies.length ?? 0) > 0
}

function setsTokens({ answer }: Exchange): boolean {
  return namesOf(answer?.setCookies ?? []).some((name) => name.endsWith('_token'))
}

function cacheControl({ answer }: Exchange): string | undefined {
  return answer?.headers['cache-control']
}

function kindOf({ url, answer }: Exchange): string {
  return `${url.split('?', 1)[0]} ${answer?.status}`
}

function outcome({ answer }: Exchange) {
  return { status: answer?.status, sets: answer?.setCookies.map((line) => line.split('=', 1)[0]) }
}
