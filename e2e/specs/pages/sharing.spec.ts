import { expect, loseAccess, test } from '@/e2e/support/fixtures'

test('A shared link has a title, a text and a picture, by the public origin', async ({
  page,
  context,
  baseURL,
}) => {
  await page.goto('/sign-in')
  const content = (property: string) =>
    page.locator(`meta[property="${property}"]`).getAttribute('content')
  expect(await content('og:title')).toContain('Rekindle')
  expect(await content('og:description')).toBeTruthy()
  const picture = await content('og:image')
  expect(picture).toBe(`${baseURL}/og.png`)
  const answer = await context.request.get(`${picture}`)
  expect([answer.status(), answer.headers()['content-type']]).toEqual([200, 'image/png'])
  expect((await answer.body()).length).toBeLessThan(150_000)
})

test('Where registration is closed, no page leads to it', async ({ page, startServer }) => {
  const server = await startServer({ env: { REGISTRATION: 'closed' } })
  for (const path of ['/', '/sign-in', '/docs', '/sign-in?reason=reused']) {
    await page.goto(`${server.origin}${path}`)
    await expect(page.locator('a[href^="/sign-up"]'), path).toHaveCount(0)
  }
  await page.goto(`${server.origin}/sign-up`)
  await expect(page.getByRole('main')).toContainText('Sign-up is closed here')
  await expect(page.locator('form[action="/api/auth/register"]')).toHaveCount(0)
})

test('The page of an outage downloads nothing, has no meta refresh, and says that nobody was signed out', {
  tag: '@hop',
}, async ({ page, context, user, inner, signedIn }) => {
  await signedIn(context, { user })
  await loseAccess(context)
  const headers = { 'retry-after': '300' }
  inner.when({ path: '/api/auth/refresh' }, { kind: 'answer', status: 503, headers })
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const answer = await page.goto('/dashboard')
  expect(answer?.status()).toBe(503)
  await expect(page.getByText('nobody was signed out')).toBeVisible()
  await expect(page.getByRole('timer')).toHaveText(/^This page tries again by itself in \d+ s\.$/)
  await expect(page.locator('meta[http-equiv=refresh], link, img')).toHaveCount(0)
  expect(asked.filter((path) => path !== '/favicon.ico')).toEqual(['/dashboard'])
})

for (const forcedColors of ['active', 'none'] as const) {
  test(`Each screen fits at 320 and 768 pixels, with forced colours ${forcedColors}`, async ({
    browser,
    baseURL,
    user,
    signedIn,
  }) => {
    for (const width of [320, 768]) {
      const context = await browser.newContext({
        ...{ baseURL: `${baseURL}`, forcedColors, viewport: { width, height: 800 } },
      })
      await signedIn(context, { user })
      const page = await context.newPage()
      for (const path of ['/dashboard', '/devices', '/account?notice=not-me', '/docs']) {
        await page.goto(path)
        await page.evaluate(() => {
          for (const one of document.querySelectorAll('details')) one.open = true
        })
        const scrolled = await page.evaluate(() => document.documentElement.scrollWidth)
        expect(scrolled, `${path} at ${width}`).toBeLessThanOrEqual(width)
      }
      await context.close()
    }
  })
}

test('In forced colours the words on a button are not in the colour that lies behind them', async ({
  browser,
  baseURL,
}) => {
  const context = await browser.newContext({ baseURL: `${baseURL}`, forcedColors: 'active' })
  const page = await context.newPage()
  for (const path of ['/', '/sign-in', '/sign-up']) {
    await page.goto(path)
    const colours = await page
      .locator('.button')
      .first()
      .evaluate((button) => {
        const { color, backgroundColor, forcedColorAdjust } = getComputedStyle(button)
        return { isReadable: color !== backgroundColor, forcedColorAdjust }
      })
    // Without the second, the browser puts a box of its own behind the words.
    expect(colours, path).toEqual({ isReadable: true, forcedColorAdjust: 'none' })
  }
  await context.close()
})

for (const { width, colorScheme, reducedMotion, film } of [
  { width: 1280, colorScheme: 'light', reducedMotion: 'no-preference', film: 'lab' },
  { width: 1280, colorScheme: 'dark', reducedMotion: 'no-preference', film: 'lab-dark' },
  { width: 320, colorScheme: 'dark', reducedMotion: 'no-preference', film: 'lab-narrow-dark' },
  { width: 320, colorScheme: 'light', reducedMotion: 'reduce', film: 'lab-narrow-still' },
  { width: 1280, colorScheme: 'dark', reducedMotion: 'reduce', film: 'lab-dark-still' },
] as const) {
  test(`At ${width} pixels, in ${colorScheme}, motion: ${reducedMotion}, the home page loads ${film} alone, and keeps its place`, async ({
    browser,
    baseURL,
  }) => {
    const viewport = { width, height: 400 }
    const options = { baseURL: `${baseURL}`, viewport, colorScheme, reducedMotion }
    const context = await browser.newContext(options)
    const page = await context.newPage()
    const asked: string[] = []
    page.on('request', (request) => {
      const [, name] = /\/(lab[a-z-]*)\.[^/]*webp$/.exec(request.url()) ?? []
      if (name) asked.push(name)
    })
    await page.goto('/')
    const picture = page.getByRole('img', { name: /^The lab plays a scene/ })
    const before = await picture.boundingBox()
    await picture.scrollIntoViewIfNeeded()
    const isLoaded = () =>
      picture.evaluate((it: HTMLImageElement) => it.complete && it.naturalWidth > 0)
    await expect.poll(isLoaded).toBe(true)
    expect(asked).toEqual([film])
    // Its place was kept, so nothing moved when it came.
    const after = await picture.boundingBox()
    expect(after?.height).toBeCloseTo(before?.height ?? 0, 0)
    await context.close()
  })
}
