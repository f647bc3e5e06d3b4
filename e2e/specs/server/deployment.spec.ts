import { expect, loseAccess, signIn, test } from '@/e2e/support/fixtures'
import { openCaptureServer } from '@/e2e/support/network/capture-server'
import { openTlsProxy } from '@/e2e/support/network/tls-proxy'
import { openProxy } from '@/testing/kit/proxy'

const SEEN_BY_PROXY = '198.51.100.7'
const CLAIMED = '203.0.113.66'

for (const [hops, address] of [
  ['0', '127.0.0.1'],
  ['1', SEEN_BY_PROXY],
] as const) {
  test(`Behind a TLS proxy whose headers lie, with ${hops} trusted hops: everything works, and nothing leaves INTERNAL_ORIGIN`, {
    tag: '@F19',
  }, async ({ browser, gate, startServer }) => {
    const captureServer = await openCaptureServer()
    const tls = await openTlsProxy(() => ({
      host: captureServer.host,
      'x-forwarded-host': captureServer.host,
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '1',
      forwarded: `host=${captureServer.host};proto=http;for=${CLAIMED}`,
      'x-real-ip': CLAIMED,
      'x-forwarded-for': `${CLAIMED}, ${SEEN_BY_PROXY}`,
    }))
    const server = await startServer({
      env: {
        APP_ORIGIN: tls.origin,
        TRUSTED_PROXY_HOPS: hops,
        ACCESS_TOKEN_TTL: '15m',
        REGISTRATION: 'open',
      },
    })
    tls.target = server.port
    const user = await server.register()
    const context = await browser.newContext({ baseURL: tls.origin, ignoreHTTPSErrors: true })
    const page = await context.newPage()
    try {
      await signIn(page, user)
      await expect(page.getByTestId('whoami-page')).toHaveText(user.name)
      const tokens = (await context.cookies()).filter(({ name }) => /token$/.test(name))
      expect(tokens.map(({ name }) => name).sort()).toEqual([
        '__Host-access_token',
        '__Host-refresh_token',
      ])
      for (const cookie of tokens) {
        expect(cookie).toMatchObject({ secure: true, httpOnly: true, path: '/', sameSite: 'Lax' })
        expect(cookie.domain).toBe('localhost')
      }

      await server.kit.passTime(600_000, { user })
      await loseAccess(context)
      server.inner.reset()
      const answer = await page.goto('/dashboard')
      expect(answer?.status()).toBe(200)
      expect(answer?.headers()['strict-transport-security']).toMatch(/^max-age=\d{8}/)
      await expect(page.getByTestId('whoami-page')).toHaveText(user.name)
      expect(server.rows.session(user.name)).toMatchObject({ generation: 1, ip: address })
      expect(server.inner.passed('/api/auth/refresh').length > 0).toBe(gate === 'edge')

      await loseAccess(context)
      await page.getByTestId('action-run').click()
      await expect(page.getByTestId('action-result')).toContainText(user.name)
      await loseAccess(context)
      await page.getByTestId('api-run').click()
      await expect(page.getByTestId('api-result')).toContainText(user.name)
      await page.getByRole('link', { name: 'Devices' }).click()
      await expect(page.getByTestId('device-row')).toContainText(address)
      await page.getByTestId('sign-out').click()
      await page.waitForURL(`${tls.origin}/sign-in?reason=signed_out`)
      await page.goto('/account')
      await expect(page).toHaveURL(`${tls.origin}/sign-in?next=%2Faccount`)

      expect(captureServer.visits()).toBe(0)
    } finally {
      await context.close()
      await Promise.all([tls.close(), captureServer.close()])
    }
  })
}

test('A link from another site to a protected page shows it under COOKIE_SAMESITE=strict', async ({
  context,
  page,
  startServer,
}) => {
  const server = await startServer({ env: { COOKIE_SAMESITE: 'strict' } })
  const user = await server.register()
  await signIn(page, user, '/dashboard', server.origin)
  const [cookie] = (await context.cookies()).filter(({ name }) => name === 'refresh_token')
  expect(cookie?.sameSite).toBe('Strict')

  const elsewhere = await openProxy(1)
  try {
    const body = `<a href="${server.origin}/devices?from=mail">Your devices</a>`
    const headers = { 'content-type': 'text/html' }
    elsewhere.when({ path: '/' }, { kind: 'answer', status: 200, headers, body })
    server.front.reset()
    await page.goto(elsewhere.origin.replace('127.0.0.1', 'localhost'))
    await page.getByRole('link').click()
    await expect(page.getByTestId('device-row')).toHaveCount(1)
    await expect(page).toHaveURL(`${server.origin}/devices?from=mail`)
    const documents = server.front
      .passed('/devices')
      .filter((exchange) => exchange.headers['sec-fetch-dest'] === 'document')
    // The first request came without cookies, the second from the page itself.
    expect(documents.map(({ headers }) => 'cookie' in headers)).toEqual([false, true])

    await context.clearCookies()
    await page.goto(elsewhere.origin.replace('127.0.0.1', 'localhost'))
    await page.getByRole('link').click()
    await page.waitForURL((url) => url.pathname === '/sign-in')
  } finally {
    await elsewhere.close()
  }
})
