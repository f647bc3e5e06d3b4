import { expect, loseAccess, test } from '@/e2e/support/fixtures'
import { findFreePort } from '@/testing/free-port.mjs'

const NO_REFERRER = { response: { 'referrer-policy': 'no-referrer' } }

test('Behind a proxy that sets Referrer-Policy: no-referrer the forms of this site sign in, act and sign out', {
  tag: '@F28',
}, async ({ browser, baseURL, user, front, expectSignedOut, expectStillSignedIn }) => {
  front.alter(NO_REFERRER)
  // Without JavaScript the browser posts each form itself, and withholds its Origin.
  const context = await browser.newContext({ baseURL: `${baseURL}`, javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto('/sign-in')
  await page.locator('input[name=username]').fill(user.name)
  await page.locator('input[name=password]').fill(user.password)
  await page.locator('form[action="/api/auth/login"] [type=submit]').click()
  await expectStillSignedIn(page, user)

  await page.getByRole('textbox', { name: 'Note' }).fill('a note of mine')
  await page.getByTestId('action-run').click()
  await expect(page.getByTestId('action-result')).toContainText('a note of mine')

  await page.getByTestId('sign-out').click()
  await expectSignedOut(page, /signed out/)
  const posts = front.exchanges.filter(({ method }) => method === 'POST')
  expect(posts.map(({ headers }) => headers.origin)).toEqual(['null', 'null', 'null'])
  await context.close()
})

test('A form of another site gets a page that says where the app is, and does nothing', {
  tag: '@F28',
}, async ({ context, page, server, user, rows, signedIn }) => {
  await signedIn(context, { user })
  const elsewhere = server.origin.replace('127.0.0.1', 'localhost')
  for (const path of ['/api/auth/logout', '/api/auth/login', '/dashboard']) {
    for (const policy of ['no-referrer', 'origin']) {
      await page.route(`${elsewhere}/form`, (route) =>
        route.fulfill({
          contentType: 'text/html',
          headers: { 'referrer-policy': policy },
          body: `<form method="post" action="${server.origin}${path}"><button>Send</button></form>`,
        }),
      )
      await page.goto(`${elsewhere}/form`)
      const answered = page.waitForResponse((response) => response.request().method() === 'POST')
      await page.getByRole('button', { name: 'Send' }).click()
      expect((await answered).status()).toBe(403)
      await expect(page.getByRole('heading', { name: 'Nothing was sent' })).toBeVisible()
      await expect(page.getByRole('link')).toHaveAttribute('href', `${server.origin}/`)
    }
  }
  expect(rows.session(user.name).revoked_at).toBeNull()
})

test('Behind a proxy that adds a Bearer token of its own pages are served by their cookies', {
  tag: '@F37',
}, async ({ context, page, user, front, expectStillSignedIn }) => {
  // A token of an identity provider, as oauth2-proxy forwards it.
  const foreign =
    'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIn0.c2lnbmVk'
  front.alter({ request: { authorization: `Bearer ${foreign}` } })
  await page.goto('/devices')
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fdevices$/)
  await page.locator('input[name=username]').fill(user.name)
  await page.locator('input[name=password]').fill(user.password)
  await page.locator('form[action="/api/auth/login"] [type=submit]').click()
  await page.waitForURL('/devices')

  await page.getByRole('link', { name: 'Dashboard' }).click()
  await expectStillSignedIn(page, user)
  await page.getByTestId('action-run').click()
  await expect(page.getByTestId('action-result')).toContainText(user.name)
  await loseAccess(context)
  await page.reload()
  await expectStillSignedIn(page, user)

  // For a program the Authorization header is the credential, whatever cookies it sends (RFC 6750 §2.1).
  expect((await context.request.get('/api/me')).status()).toBe(401)
})

test('A page opened at another address of the server is sent to its public one, and a form posted there gets a page that links to it', {
  tag: '@F50',
}, async ({ page, startServer }) => {
  const port = await findFreePort()
  const origin = `http://localhost:${port}`
  const server = await startServer({ port, env: { APP_ORIGIN: origin } })
  const user = await server.register()
  await page.goto(`${server.direct}/sign-up`)
  await expect(page).toHaveURL(`${origin}/sign-up`)
  await page.goto(`${server.direct}/devices?q=a%20b#top`)
  await expect(page).toHaveURL(`${origin}/sign-in?next=%2Fdevices%3Fq%3Da%2520b#top`)
  await page.locator('input[name=username]').fill(user.name)
  await page.locator('input[name=password]').fill(user.password)
  await page.locator('form[action="/api/auth/login"] [type=submit]').click()
  await page.waitForURL(`${origin}/devices?q=a%20b#top`)
  await page.goto(`${server.direct}/account`)
  await expect(page).toHaveURL(`${origin}/account`)

  // A page that was loaded from the other address.
  await page.route(`${server.direct}/loaded`, (route) => {
    const body = '<form method="post" action="/api/auth/login"><button>Sign in</button></form>'
    return route.fulfill({ contentType: 'text/html', body })
  })
  await page.goto(`${server.direct}/loaded`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: origin }).click()
  await expect(page).toHaveURL(`${origin}/`)

  // Programs may use any address.
  for (const path of ['/', '/docs', '/api/health', '/api/openapi.json', '/robots.txt']) {
    expect((await fetch(server.direct + path, { redirect: 'manual' })).status).toBe(200)
  }
})

test('Behind a proxy that writes its own host into each request pages are shown, at their own address', {
  tag: ['@F50', '@F14'],
}, async ({ page, user, front }) => {
  front.alter({ request: { host: 'upstream:3000' } })
  // The first page finds out by one redirect with a mark in its URL.
  await page.goto('/sign-in')
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()
  await page.goto('/devices')
  await expect(page).toHaveURL('/sign-in?next=%2Fdevices')
  await page.locator('input[name=username]').fill(user.name)
  await page.locator('input[name=password]').fill(user.password)
  await page.locator('form[action="/api/auth/login"] [type=submit]').click()
  await expect(page).toHaveURL('/devices')
  expect(front.passed('/devices').map(({ answer }) => answer?.status)).toEqual([303, 200])
})
