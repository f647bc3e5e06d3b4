import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, loseAccess, test } from '@/e2e/support/fixtures'

const PUBLIC = ['/', '/docs', '/sign-in', '/sign-in?reason=reused', '/sign-up?error=name_taken']
const PROTECTED = [
  '/dashboard',
  '/devices',
  '/account',
  '/account?notice=not-me',
  '/confirm',
  '/docs',
  '/nothing-here',
]

/** What axe finds, a line each. Every disclosure is open, since axe looks at what is shown. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    for (const one of document.querySelectorAll('details')) one.open = true
  })
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`))
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any screen, in ${colorScheme}`, async ({
    browser,
    baseURL,
    user,
    signedIn,
    startServer,
  }) => {
    const context = await browser.newContext({ baseURL: `${baseURL}`, colorScheme })
    const page = await context.newPage()
    const visit = async (path: string) => {
      await page.goto(path)
      expect(await faultsOf(page), path).toEqual([])
    }
    for (const path of PUBLIC) await visit(path)
    const other = await browser.newContext({ baseURL: `${baseURL}` })
    await signedIn(other, { user })
    await other.close()
    await signedIn(context, { user })
    for (const path of PROTECTED) await visit(path)
    await context.close()

    const lab = await startServer({ env: { LAB: '1' } })
    const visitor = await browser.newContext({ baseURL: lab.origin, colorScheme })
    const stage = await visitor.newPage()
    await stage.goto('/lab?scene=thief-first')
    expect(await faultsOf(stage), 'the lab').toEqual([])
    await stage.getByTestId('lab-run').click()
    await expect(stage.getByTestId('lab-verdict')).toContainText('As promised')
    expect(await faultsOf(stage), 'a scene that was played').toEqual([])
    await visitor.close()
  })

  test(`axe finds nothing on the page of an outage, in ${colorScheme}`, { tag: '@hop' }, async ({
    browser,
    baseURL,
    user,
    inner,
    signedIn,
  }) => {
    const context = await browser.newContext({ baseURL: `${baseURL}`, colorScheme })
    await signedIn(context, { user })
    await loseAccess(context)
    // It reloads itself, and must not while axe looks at it.
    const headers = { 'retry-after': '300' }
    inner.when({ path: '/api/auth/refresh' }, { kind: 'answer', status: 503, headers })
    const page = await context.newPage()
    await page.goto('/dashboard')
    await expect(page.getByText('nobody was signed out')).toBeVisible()
    expect(await faultsOf(page)).toEqual([])
    await context.close()
  })
}
