import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { Page, Response } from '@playwright/test'
import { readJar } from '@/e2e/support/clients/jar'
import { ask, signInCanonically } from '@/e2e/support/clients/wire'
import { expect, loseAccess, test } from '@/e2e/support/fixtures'
import { expireSessions } from '@/e2e/support/server/database'
import type { User } from '@/e2e/support/server/server'

const HOUR = 3_600_000

function hops(answer: Response | null): number {
  let count = 0
  let request = answer?.request().redirectedFrom()
  while (request) {
    count += 1
    request = request.redirectedFrom()
  }
  return count
}

async function submitSignIn(page: Page, user: User): Promise<void> {
  await page.locator('input[name=username]').fill(user.name)
  await page.locator('input[name=password]').fill(user.password)
  await page.locator('form[action="/api/auth/login"] [type=submit]').click()
}

test('Whatever the jar holds, no address redirects more than once or twice', {
  tag: '@F14',
}, async ({ context, page, server, user, signedIn }) => {
  const opens = async (path: string, at: string, atMost: number) => {
    const answer = await page.goto(path)
    expect(new URL(page.url()).pathname).toBe(at)
    expect(answer?.status()).toBe(200)
    expect(hops(answer)).toBeLessThanOrEqual(atMost)
  }
  const garbage = (name: string, value: string) => ({ name, value, url: server.origin })

  await opens('/dashboard', '/sign-in', 1)
  await context.addCookies([garbage('access_token', 'x'), garbage('refresh_token', 'y.y.y')])
  await opens('/dashboard', '/sign-in', 1)
  await opens('/sign-in', '/sign-in', 0)
  await context.addCookies([garbage('refresh_challenge', 'z')])
  await opens('/devices', '/sign-in', 1)

  await signedIn(context, { user })
  await opens('/sign-in', '/dashboard', 1)
  await opens('/sign-up', '/dashboard', 1)
  await opens('/sign-in?next=/account', '/account', 1)
  await opens('/sign-in?next=/sign-in', '/dashboard', 1)

  // Ended from another device, while the access token in this jar is still valid for a long time.
  const elsewhere = await readJar(context)
  await fetch(`${server.origin}/api/auth/logout`, {
    method: 'POST',
    headers: { cookie: `refresh_token=${elsewhere.refresh}` },
  })
  await opens('/dashboard', '/sign-in', 1)
  await opens('/sign-in?next=/dashboard', '/sign-in', 0)
  await loseAccess(context)
  await opens('/dashboard', '/sign-in', 1)
  await opens('/sign-in?next=/dashboard', '/sign-in', 0)
})

test('A session whose access token ran out is not bounced between sign-in and the page', {
  tag: '@F14',
}, async ({ context, page, user, expectStillSignedIn, signedIn }) => {
  await signedIn(context, { user })
  await loseAccess(context)
  const entry = await page.goto('/sign-in?next=/dashboard')
  expect(hops(entry)).toBeLessThanOrEqual(2)
  const answer = await page.goto('/dashboard')
  expect(hops(answer)).toBe(0)
  await expectStillSignedIn(page, user)
})

test('A session whose access token ran out is not asked for the password', { tag: '@F31' }, async ({
  context,
  page,
  user,
  front,
  passTime,
  signedIn,
}) => {
  await signedIn(context, { user })
  for (const [path, at] of [
    ['/sign-in?next=/account', '/account'],
    ['/sign-in', '/dashboard'],
    ['/sign-up', '/dashboard'],
  ] as const) {
    await passTime(HOUR)
    const answer = await page.goto(path)
    expect([new URL(page.url()).pathname, hops(answer)]).toEqual([at, 1])
  }
  await passTime(HOUR)
  await page.goto('/')
  await expect(page.getByRole('link', { name: 'Go to your dashboard' })).toBeVisible()

  // The response to a rotation was lost. The jar is challenged, and the session continues without a password.
  await passTime(HOUR)
  front.when({ path: '/dashboard' }, { kind: 'drop response' }, 1)
  await page.goto('/dashboard').catch(() => {})
  await page.waitForURL(/^chrome-error:/, { waitUntil: 'commit' })
  await passTime(HOUR)
  await page.goto('/sign-in?next=/devices')
  expect(new URL(page.url()).pathname).toBe('/devices')
})

test('In an outage, and after the end of the session, the public pages are there as ever', {
  tag: ['@F31', '@hop'],
}, async ({ context, page, server, user, inner, signedIn }) => {
  await signedIn(context, { user })
  await loseAccess(context)
  const jar = await readJar(context)
  const repair = inner.when({ path: '/api/auth/refresh' }, { kind: 'answer', status: 500 })
  const opens = async (path: string) => {
    const answer = await page.goto(path)
    expect([answer?.status(), hops(answer), page.url()]).toEqual([200, 0, server.origin + path])
  }
  for (const path of ['/', '/sign-in', '/sign-up']) await opens(path)
  expect(await readJar(context)).toEqual(jar)

  repair()
  expireSessions(server, user.name)
  for (const path of ['/', '/sign-in', '/sign-up']) await opens(path)
  expect(await readJar(context)).toEqual(jar)
})

const HOSTILE = [
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  'javascript:alert(1)',
  '/.//evil.example',
  '@evil.example',
  '/%0d%0aLocation:https://evil.example',
]

test('A hostile way back is never taken, even from a form that was tampered with', {
  tag: '@F24',
}, async ({ context, page, user, baseURL }) => {
  const visited: string[] = []
  page.on('request', (request) => {
    if (request.isNavigationRequest()) visited.push(new URL(request.url()).origin)
  })
  for (const next of HOSTILE) {
    await context.clearCookies()
    await page.goto(`/sign-in?${new URLSearchParams({ next })}`)
    await page.locator('form[action="/api/auth/login"]').evaluate((form, value) => {
      form.querySelector('input[name=next]')?.remove()
      const field = Object.assign(document.createElement('input'), { type: 'hidden', name: 'next' })
      field.value = value
      form.append(field)
    }, next)
    await submitSignIn(page, user)
    await page.waitForURL((url) => url.pathname !== '/sign-in')
  }
  expect(new Set(visited)).toEqual(new Set([baseURL]))
})

test('A hostile way back in the address alone leads to the dashboard', { tag: '@F24' }, async ({
  page,
  user,
  expectStillSignedIn,
}) => {
  await page.goto(`/sign-in?${new URLSearchParams({ next: '//evil.example/dashboard' })}`)
  await expect(page.locator('input[name=next]')).toHaveCount(0)
  await submitSignIn(page, user)
  await page.waitForURL('/dashboard')
  await expectStillSignedIn(page, user)
})

test('Sign-in says that the session was ended from another device, with or without a living access token', {
  tag: '@F26',
}, async ({ context, browser, baseURL, page, user, expectSignedOut, signedIn }) => {
  await signedIn(context, { user })
  await page.goto('/dashboard')
  const other = await browser.newContext({ baseURL: `${baseURL}` })
  await signedIn(other, { user })
  const devices = await other.newPage()
  await devices.goto('/devices')
  await devices.getByTestId('end-session').click()
  await expect(devices.getByTestId('end-result')).toContainText('Session ended')
  await other.close()

  await page.getByRole('link', { name: 'Account' }).click()
  await expectSignedOut(page, /This session was ended/)
  await loseAccess(context)
  await page.goto('/dashboard')
  await expectSignedOut(page, /This session was ended/)
})

test('Sign-in says that the password was changed elsewhere, and that the person signed out', {
  tag: '@F26',
}, async ({ context, browser, baseURL, page, user, expectSignedOut, signedIn }) => {
  await signedIn(context, { user })
  await page.goto('/dashboard')
  const other = await browser.newContext({ baseURL: `${baseURL}` })
  await signedIn(other, { user })
  const changed = await other.request.post('/api/account/password', {
    data: { currentPassword: user.password, newPassword: `${user.password}-new` },
  })
  expect(await changed.json()).toEqual({ ended: 1 })
  await page.getByTestId('action-run').click()
  await expectSignedOut(page, /This session was ended/)
  await expect(page.getByTestId('sign-in-reason')).toContainText('changed your password')

  const signedOut = await other.newPage()
  await signedOut.goto('/account')
  await signedOut.getByTestId('sign-out').click()
  await expectSignedOut(signedOut, /You are signed out/)
  // A later visit shows no reason either.
  await signedOut.goto('/sign-in')
  await expect(signedOut.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await expect(signedOut.getByTestId('sign-in-reason')).toHaveCount(0)
  await other.close()
})

test('Sign-in says nothing that its address makes up', { tag: '@F26' }, async ({ page }) => {
  await page.goto('/sign-in?reason=you%20were%20hacked&error=call%20555')
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await expect(page.locator('body')).not.toContainText(/hacked|555/)
})

test('Sign-in says that the session expired, with or without a living access token', {
  tag: '@F26',
}, async ({ context, page, server, user, expectSignedOut, signedIn }) => {
  await signedIn(context, { user })
  expireSessions(server, user.name)
  await page.goto('/devices')
  await expectSignedOut(page, /Your session expired/)
  await loseAccess(context)
  await page.goto('/devices')
  await expectSignedOut(page, /Your session expired/)
})

test('A page opened after the true end, when every token has left the jar, says why and leads back to itself', {
  tag: ['@F26', '@F27'],
}, async ({ context, page, startServer, expectSignedOut }) => {
  const server = await startServer({
    env: {
      ACCESS_TOKEN_TTL: '2s',
      REFRESH_TOKEN_TTL: '3s',
      SESSION_TTL: '3s',
      REFRESH_GRACE: '0',
      REFRESH_LEEWAY: '0',
    },
  })
  const user = await server.register()
  const here = '/devices?from=a%20letter&page=2'
  await server.kit.signedIn(context, { user })
  await expect.poll(async () => (await readJar(context)).refresh).toBeNull()

  await page.goto(server.origin + here)
  await expectSignedOut(page, /Your session expired/)
  await submitSignIn(page, user)
  await page.waitForURL((url) => url.pathname === '/devices')
  const { searchParams } = new URL(page.url())
  expect(Object.fromEntries(searchParams)).toEqual({ from: 'a letter', page: '2' })
})

test('A link, and a form, that meet the end of the session lead back to their page', {
  tag: '@F27',
}, async ({ context, page, user, signedIn }) => {
  await signedIn(context, { user })
  await page.goto('/dashboard')
  await context.clearCookies()
  await page.getByRole('link', { name: 'Account' }).click()
  await page.waitForURL('/sign-in?next=%2Faccount')
  await submitSignIn(page, user)
  await page.waitForURL('/account')

  await context.clearCookies()
  const form = page.getByTestId('change-password')
  await form.locator('[name=currentPassword]').fill(user.password)
  await form.locator('[name=newPassword]').fill('a long sentence is good')
  await form.locator('[type=submit]').click()
  await page.waitForURL('/sign-in?next=%2Faccount')
  await submitSignIn(page, user)
  await page.waitForURL('/account')
  await expect(page.getByRole('heading', { name: 'Change password' })).toBeVisible()
})

// As browsers send it: they encode an apostrophe in a query.
const AS_WRITTEN = '/devices?q=a%20b&flag&p=~%27(c)!*&e=%E9'

test('The way back is kept byte for byte, whether the gate or the page asks to sign in', {
  tag: '@F34',
}, async ({ server, user }) => {
  const visit = async (path: string, cookie = '') => {
    const { statusCode, headers } = await askRaw(server.port, path, cookie)
    const location = new URL(headers.location ?? '', server.origin)
    expect([statusCode, location.pathname]).toEqual([cookie ? 307 : 303, '/sign-in'])
    return location.searchParams.get('next')
  }
  expect(await visit(AS_WRITTEN)).toBe(AS_WRITTEN)

  // Ended from another device while the access token is valid, so the page finds out, and not the gate.
  const { access, refresh } = await signInCanonically(server, user)
  await ask(server, '/api/auth/logout', { method: 'POST', cookies: { refresh_token: refresh } })
  expect(await visit(AS_WRITTEN, `access_token=${access}`)).toBe(AS_WRITTEN)
  // The server ignores what a client claims in its own headers.
  const forged = { 'x-page-path': '/account' }
  const response = await ask(server, '/dashboard?tab=2', {
    cookies: { access_token: access },
    headers: forged,
  })
  expect(response.headers.get('location')).toBe(
    '/sign-in?next=%2Fdashboard%3Ftab%3D2&reason=signed_out',
  )

  const form = { username: user.name, password: user.password, next: AS_WRITTEN }
  const signedIn = await ask(server, '/api/auth/login', { form })
  expect([signedIn.status, signedIn.headers.get('location')]).toEqual([303, AS_WRITTEN])
})

test('Query and fragment survive signing in, a wrong password too, and a session that was ended elsewhere', {
  tag: '@F34',
}, async ({ context, page, user }) => {
  const address = '/devices?q=a%20b&flag#other-devices'
  await page.goto(address)
  await submitSignIn(page, { ...user, password: 'not-this-one' })
  await page.waitForURL((url) => url.searchParams.has('error'))
  await submitSignIn(page, user)
  await page.waitForURL(address)

  // The access token in the jar is still valid, but the session has ended.
  const jar = await readJar(context)
  await fetch(new URL('/api/auth/logout', page.url()), {
    method: 'POST',
    headers: { cookie: `refresh_token=${jar.refresh}` },
  })
  await page.reload()
  await page.waitForURL((url) => url.pathname === '/sign-in')
  await submitSignIn(page, user)
  await page.waitForURL(address)
})

/** The status and headers of a GET with its path unchanged: `fetch` would normalize it. */
async function askRaw(port: number, path: string, cookie: string): Promise<IncomingMessage> {
  const asked = request({ host: '127.0.0.1', port, path, headers: { cookie } }).end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  answer.resume()
  return answer
}
