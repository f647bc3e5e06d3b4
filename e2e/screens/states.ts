import type { Browser, BrowserContext, Locator, Page } from '@playwright/test'
import { expect, loseAccess } from '@/e2e/support/fixtures'
import { passTimeSinceSignIn, takeSessionsAway } from '@/e2e/support/server/database'
import type { AppServer, User } from '@/e2e/support/server/server'
import type { Time } from '@/testing/kit/time'
import { openStill, untilDrawn } from './still'

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
  async ({ page }) => {
    await page.goto(path)
    await untilDrawn(page)
  }

/** Signs the user in, and opens a page whose clocks stand still. */
const visitStill =
  (path: string): State =>
  async ({ page, context, server, user }) => {
    await server.kit.signedIn(context, { user, userAgent: CHROME })
    await openStill(page, path)
  }

const visitSignedIn =
  (path: string): State =>
  async ({ page, context, server, user }) => {
    await server.kit.signedIn(context, { user, userAgent: CHROME })
    await page.goto(path)
    await untilDrawn(page)
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
  'sign-in-signed-out': visit('/sign-in?reason=signed_out'),
  'sign-in-unknown': visit('/sign-in?reason=unknown'),
  'sign-in-revoked': async (stage) => {
    const { page, context, server, user } = stage
    await server.kit.signedIn(context, { user, userAgent: CHROME })
    await endFromPhone(stage)
    await page.goto('/dashboard')
    await expect(page.getByTestId('sign-in-reason')).toBeVisible()
  },
  'sign-in-limited': visit('/sign-in?error=rate_limited'),
  'sign-in-unavailable': visit('/sign-in?error=unavailable'),
  'sign-in-wrong': async ({ page, user }) => {
    await page.goto('/sign-in')
    await page.locator('input[name=username]').fill(user.name)
    await page.locator('input[name=password]').fill('not this one')
    await page.locator('form[action="/api/auth/login"] [type=submit]').click()
    await page.waitForURL((url) => url.searchParams.has('error'))
  },
  'sign-up': visit('/sign-up'),
  'sign-up-taken': async ({ page, user }) => {
    await page.goto('/sign-up')
    await page.locator('input[name=username]').fill(user.name)
    await page.locator('input[name=password]').fill('sparks and tinder')
    await page.locator('form[action="/api/auth/register"] [type=submit]').click()
    await page.waitForURL((url) => url.searchParams.has('error'))
  },
  'sign-up-short': visit('/sign-up?error=invalid_password'),
  'dashboard-fresh': visitStill('/dashboard'),
  'dashboard-alert': async (stage) => {
    const stolen = await stage.browser.newContext({ baseURL: stage.server.origin })
    await stage.server.kit.signedIn(stolen, {
      user: stage.user,
      state: 'reused',
      userAgent: FIREFOX,
    })
    await stolen.close()
    await visitStill('/dashboard')(stage)
    await expect(stage.page.getByTestId('security-alert')).toBeVisible()
  },
  'dashboard-ended': async (stage) => {
    const { page, context, server, user } = stage
    await server.kit.signedIn(context, { user, userAgent: CHROME })
    await server.kit.passTime('4m', { user })
    await openStill(page, '/dashboard')
    await endFromPhone(stage)
    await expect(page.getByTestId('session-notice')).toContainText('has ended')
    await expect(page.getByTestId('access-countdown')).toContainText('ended')
  },
  'dashboard-signed-out': async (stage) => {
    await visitSignedIn('/dashboard')(stage)
    const other = await stage.context.newPage()
    await other.goto('/devices')
    await other.getByRole('button', { name: 'Sign out', exact: true }).first().click()
    await other.waitForURL('/sign-in**')
    await other.close()
    await expect(stage.page.getByTestId('session-notice')).toContainText('signed out')
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
  'devices-ended': async (stage) => {
    await enterElsewhere(stage)
    await visitSignedIn('/devices')(stage)
    await stage.page.getByTestId('end-session').first().click()
    await expect(stage.page.getByTestId('end-result')).toContainText('Session ended')
  },
  'devices-all': async (stage) => {
    await enterElsewhere(stage)
    await visitSignedIn('/devices')(stage)
    await stage.page.getByTestId('end-others').click()
    await expect(stage.page.getByTestId('end-others-confirm')).toBeVisible()
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
  'account-changed': async (stage) => {
    await enterElsewhere(stage)
    await visitSignedIn('/account')(stage)
    const form = stage.page.getByTestId('change-password')
    await form.locator('[name=currentPassword]').fill(stage.user.password)
    await form.locator('[name=newPassword]').fill('sparks and tinder')
    await form.locator('[type=submit]').click()
    await expect(stage.page.getByText('Password changed.')).toBeVisible()
  },
  'confirm-wrong': async (stage) => {
    await visitSignedIn('/confirm?next=%2Faccount')(stage)
    await stage.page.locator('[name=password]').fill('not this one')
    await stage.page.getByRole('button', { name: 'Continue' }).click()
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
  'not-found-stranger': visit('/nothing-here'),
  'not-found': visitSignedIn('/nothing-here'),
  error: async ({ page, context, server, user }) => {
    await server.kit.signedIn(context, { user })
    const bringBack = takeSessionsAway(server)
    await page.goto('/dashboard')
    await expect(page.getByText('You are still signed in')).toBeVisible()
    return bringBack
  },
  'error-everywhere': async (stage) => {
    const { page } = stage
    await visit('/')(stage)
    await page.route(/\/docs\?_rsc=/, async (route) => {
      const response = await route.fetch()
      const body = await response.body()
      await route.fulfill({ response, body: body.subarray(0, body.length / 2) })
    })
    await page.locator('a[href="/docs"]').first().click()
    await expect(page.getByText('You were not signed out')).toBeVisible()
  },
  'other-site': postElsewhere('/dashboard'),
  'other-site-sign-in': postElsewhere('/api/auth/login'),
  unavailable: async ({ page, context, server, user }) => {
    await server.kit.signedIn(context, { user })
    await loseAccess(context)
    const headers = { 'retry-after': '300' }
    server.inner.when({ path: '/api/auth/refresh' }, { kind: 'answer', status: 503, headers })
    await openStill(page, '/dashboard')
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

/** The states of a server with `LAB=1`, before a scene runs. */
export const LAB_STATES: Readonly<Record<string, State>> = {
  'home-lab': visit('/'),
  lab: visit('/lab'),
}

/** The states of a server with `LAB=1` after a scene, which takes its time. */
export const SCENE_STATES: Readonly<Record<string, State>> = {
  'lab-playing': async ({ page }) => {
    await page.goto('/lab?scene=password')
    await page.getByTestId('lab-run').click()
    await expect(page.getByTestId('lab-now')).toContainText('sets a new password')
    await page.getByRole('button', { name: 'Pause' }).click()
  },
  'lab-lost': playToEnd('lost'),
  'lab-password': playToEnd('password'),
  'lab-fifty': playToEnd('fifty'),
  'lab-thief': playToEnd('thief-first'),
  'lab-database-away': playToEnd('database-away'),
}

/** The states of a server with `REGISTRATION=closed`. */
export const CLOSED_STATES: Readonly<Record<string, State>> = {
  'home-closed': visit('/'),
  'sign-in-closed': visit('/sign-in'),
  'sign-up-closed': visit('/sign-up'),
  'docs-closed': visit('/docs'),
}

/** Sends a form of another site to a path of this server. */
function postElsewhere(path: string): State {
  return async ({ page, server }) => {
    const elsewhere = `${server.origin.replace('127.0.0.1', 'localhost')}/form`
    const body = `<form method="post" action="${server.origin}${path}"><button>Send</button></form>`
    await page.route(elsewhere, (route) => route.fulfill({ contentType: 'text/html', body }))
    await page.goto(elsewhere)
    await page.getByRole('button').click()
    await expect(page.getByRole('heading', { name: 'Nothing was sent' })).toBeVisible()
  }
}

function playToEnd(scene: string): State {
  return async ({ page }) => {
    await page.goto(`/lab?scene=${scene}`)
    await page.getByTestId('lab-run').click()
    await expect(page.getByTestId('lab-now')).toContainText('The database agrees')
    await expect(page.getByTestId('lab-verdict')).toContainText('As promised')
  }
}

/** Signs the user in on a phone, and out everywhere else from there. */
async function endFromPhone({ browser, server, user }: Stage): Promise<void> {
  const other = await browser.newContext({ baseURL: server.origin, userAgent: IPHONE })
  await server.kit.signedIn(other, { user, userAgent: IPHONE })
  await other.request.post('/api/sessions/end-others')
  await other.close()
}

/** Signs the user in on a phone three days ago, and on another computer two hours ago. */
async function enterElsewhere({ browser, server, user }: Stage): Promise<void> {
  const { kit, origin } = server
  const enter = async (userAgent: string, time: Time) => {
    const other = await browser.newContext({ baseURL: origin })
    await kit.signedIn(other, { user, userAgent })
    await kit.passTime(time, { user })
    await other.close()
  }
  await enter(IPHONE, '70h')
  await enter(FIREFOX, '2h')
}
