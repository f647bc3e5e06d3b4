import type { Browser, BrowserContext, Locator, Page } from '@playwright/test'
import { expect, loseAccess } from '@/e2e/support/fixtures'
import { passTimeSinceSignIn, takeSessionsAway } from '@/e2e/support/server/database'
import type { AppServer, User } from '@/e2e/support/server/server'
import { untilIdle } from '@/e2e/support/steps'

/** What a state of a screen is made of. */
export interface Stage {
  readonly page: Page
  readonly context: BrowserContext
  readonly browser: Browser
  readonly server: AppServer
  readonly user: User
}

/** Brings the page into a state of a screen. May return what takes a fault back, once the pictures are taken. */
type State = (stage: Stage) => Promise<unknown>

const CHROME =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1'
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0'

const visit =
  (path: string): State =>
  ({ page }) =>
    page.goto(path)

const visitSignedIn =
  (path: string): State =>
  async ({ page, context, server, user }) => {
    await server.kit.signedIn(context, { user, userAgent: CHROME })
    await page.goto(path)
    await untilDrawn(page)
  }

/**
 * Waits until nothing moves any more: a click while a font arrives would miss what it is for. Without scripts a page is drawn once it
 * has loaded, and no callback of it is ever called.
 */
export async function untilDrawn(page: Page): Promise<void> {
  if (!(await page.evaluate(() => matchMedia('(scripting: enabled)').matches))) return
  await untilIdle(page)
  await page.evaluate(() => document.fonts.ready.then(() => {}))
}

/** Opens a disclosure. */
async function disclose(details: Locator): Promise<void> {
  await details.locator('summary').click()
  await expect(details).toHaveAttribute('open')
}

/** The states that any server has, by the names of their pictures. */
export const STATES: Readonly<Record<string, State>> = {
  home: visit('/'),
  'home-signed-in': visitSignedIn('/'),
  'sign-in': visit('/sign-in'),
  'sign-in-reused': visit('/sign-in?reason=reused'),
  'sign-in-expired': visit('/sign-in?reason=expired&next=%2Fdevices'),
  'sign-in-wrong': async ({ page, user }) => {
    await page.goto('/sign-in')
    await page.locator('input[name=username]').fill(user.name)
    await page.locator('input[name=password]').fill('not this one')
    await page.locator('form[action="/api/auth/login"] [type=submit]').click()
    await page.waitForURL((url) => url.searchParams.has('error'))
  },
  'sign-up': visit('/sign-up'),
  'sign-up-taken': visit('/sign-up?error=name_taken'),
  'dashboard-fresh': visitSignedIn('/dashboard'),
  'dashboard-alert': async (stage) => {
    const stolen = await stage.browser.newContext({ baseURL: stage.server.origin })
    await stage.server.kit.signedIn(stolen, {
      user: stage.user,
      state: 'reused',
      userAgent: FIREFOX,
    })
    await stolen.close()
    await visitSignedIn('/dashboard')(stage)
    await expect(stage.page.getByTestId('security-alert')).toBeVisible()
  },
  'dashboard-ended': async (stage) => {
    await visitSignedIn('/dashboard')(stage)
    const other = await stage.browser.newContext({ baseURL: stage.server.origin })
    await stage.server.kit.signedIn(other, { user: stage.user })
    await other.request.post('/api/sessions/end-others')
    await other.close()
    await expect(stage.page.getByTestId('session-notice')).toContainText('has ended')
  },
  devices: async (stage) => {
    await enterElsewhere(stage)
    await visitSignedIn('/devices')(stage)
    const row = stage.page.getByTestId('device-row').filter({ hasText: 'iPhone' })
    await disclose(row.getByTestId('rename'))
    await row.locator('input[name=name]').fill('Phone in my pocket')
    await row.locator('input[name=name]').press('Enter')
    await expect(stage.page.getByRole('heading', { name: 'Phone in my pocket' })).toBeVisible()
  },
  'devices-renaming': async (stage) => {
    await enterElsewhere(stage)
    await visitSignedIn('/devices')(stage)
    await disclose(stage.page.getByTestId('rename').nth(1))
  },
  'devices-not-me': async (stage) => {
    await enterElsewhere(stage)
    await visitSignedIn('/devices')(stage)
    await disclose(stage.page.getByTestId('not-me').first())
  },
  'devices-password': async (stage) => {
    await enterElsewhere(stage)
    await visitSignedIn('/devices')(stage)
    passTimeSinceSignIn(stage.server, stage.user.name, 16 * 60_000)
    await stage.page.getByTestId('end-session').first().click()
    await expect(stage.page.getByTestId('confirm-end')).toBeVisible()
  },
  'devices-alone': visitSignedIn('/devices'),
  account: visitSignedIn('/account'),
  'account-not-me': visitSignedIn('/account?notice=not-me'),
  'account-wrong': async (stage) => {
    await visitSignedIn('/account')(stage)
    const form = stage.page.getByTestId('change-password')
    await form.locator('[name=currentPassword]').fill('not this one')
    await form.locator('[name=newPassword]').fill('sparks and tinder')
    await form.locator('[type=submit]').click()
    await expect(stage.page.getByText('That is not your current password')).toBeVisible()
  },
  confirm: visitSignedIn('/confirm?next=%2Faccount'),
  docs: visit('/docs'),
  'docs-answer': async (stage) => {
    await visitSignedIn('/docs')(stage)
    const me = stage.page.locator('[data-testid=operation]#getMe')
    await disclose(me)
    await me.getByRole('button', { name: 'Send GET' }).click()
    await expect(me.getByTestId('answer')).toContainText(stage.user.name)
  },
  'not-found': visitSignedIn('/nothing-here'),
  error: async ({ page, context, server, user }) => {
    await server.kit.signedIn(context, { user })
    const bringBack = takeSessionsAway(server)
    await page.goto('/dashboard')
    await expect(page.getByText('You are still signed in')).toBeVisible()
    return bringBack
  },
  unavailable: async ({ page, context, server, user }) => {
    await server.kit.signedIn(context, { user })
    await loseAccess(context)
    const headers = { 'retry-after': '300' }
    server.inner.when({ path: '/api/auth/refresh' }, { kind: 'answer', status: 503, headers })
    await page.goto('/dashboard')
    await expect(page.getByText('nobody was signed out')).toBeVisible()
  },
}

/** The states of a server with `SHORT_LIVES`. */
export const SHORT_STATES: Readonly<Record<string, State>> = {
  dashboard: async (stage) => {
    await visitSignedIn('/dashboard')(stage)
    const { page, user } = stage
    for (let renewals = 1; renewals <= 5; renewals++) {
      await expect(page.getByTestId('next-refresh')).toHaveText(/^The next request renews/)
      // The third is one of a form, which brings no refresh token.
      await page.getByTestId(renewals === 3 ? 'action-run' : 'api-run').click()
      await expect(page.getByTestId('renewals')).toHaveText(`${renewals}`)
    }
    await expect(page.getByTestId('api-result')).toContainText(user.name)
  },
}

/** The states of a server with `LAB=1`. */
export const LAB_STATES: Readonly<Record<string, State>> = {
  'home-lab': visit('/'),
  lab: visit('/lab'),
  'lab-fifty': playToEnd('fifty'),
  'lab-thief': playToEnd('thief-first'),
  'lab-database-away': playToEnd('database-away'),
}

/** The states of a server with `REGISTRATION=closed`. */
export const CLOSED_STATES: Readonly<Record<string, State>> = {
  'home-closed': visit('/'),
  'sign-in-closed': visit('/sign-in'),
  'sign-up-closed': visit('/sign-up'),
}

function playToEnd(scene: string): State {
  return async ({ page }) => {
    await page.goto(`/lab?scene=${scene}`)
    await page.getByTestId('lab-run').click()
    await expect(page.getByTestId('lab-now')).toContainText('The database agrees')
    await expect(page.getByTestId('lab-verdict')).toContainText('As promised')
  }
}

/** Signs the user in on a phone and on another computer. */
async function enterElsewhere({ browser, server, user }: Stage): Promise<void> {
  for (const userAgent of [IPHONE, FIREFOX]) {
    const other = await browser.newContext({ baseURL: server.origin })
    await server.kit.signedIn(other, { user, userAgent })
    await other.close()
  }
}
