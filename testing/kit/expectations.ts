import { expect, type Page } from '@playwright/test'
import type { Person, Rotations } from './endpoint'
import { readJar, sessionOf, subjectOf } from './jar'

/** How the app's pages show what a test expects. */
export interface Screens {
  /** The path of the sign-in page. `/sign-in`, if it is not given. */
  readonly signInPath?: string
  /** A selector of the element in which a signed-in page names its user. */
  readonly nameOnPage?: string
  /** A selector of the element in which the sign-in page says why it was shown. */
  readonly reasonOnPage?: string
}

const REASON_ON_PAGE = '[data-testid="sign-in-reason"]'

/** What a test can expect of a page. */
export interface Expectations {
  /**
   * Expects that the page is not the sign-in page, that it names the user where `nameOnPage` says, and that the session of its
   * jar is the user's and lives in the database. It sends no request that could refresh the session.
   *
   * @example
   * test('expectStillSignedIn', async ({ context, page, user, signedIn, expectStillSignedIn }) => {
   *   await signedIn(context, { user, state: 'replaced' })
   *   await page.goto('/dashboard')
   *   await expectStillSignedIn(page, user)
   * })
   */
  expectStillSignedIn(page: Page, user?: Person): Promise<void>
  /**
   * Waits for the sign-in page. A text is the `reason` in its address: `reused`, `revoked`, `expired`, `signed_out` or `unknown`.
   * A pattern is looked for in the reason that the page shows.
   *
   * @example
   * test('expectSignedOut', async ({ context, page, signedIn, expectSignedOut }) => {
   *   await signedIn(context, { state: 'reused' })
   *   await page.goto('/dashboard')
   *   await expectSignedOut(page, 'reused')
   *   await expectSignedOut(page, /Someone else may have used your session/)
   * })
   */
  expectSignedOut(page: Page, reason?: string | RegExp): Promise<void>
}

/** Makes the expectations of the pages of the app at `origin`. */
export function createExpectations(
  origin: string,
  rotations: (userId: string) => Promise<Rotations>,
  screens: Screens,
): Expectations {
  const { signInPath = '/sign-in', nameOnPage, reasonOnPage = REASON_ON_PAGE } = screens
  return {
    async expectStillSignedIn(page, user) {
      if (user && nameOnPage) await expect(page.locator(nameOnPage)).toHaveText(user.name)
      expect(new URL(page.url()).pathname, 'the page that is shown').not.toBe(signInPath)
      const cookies = await readJar(page.context(), origin)
      const [id, owner] = [sessionOf(cookies), subjectOf(cookies)]
      if (id === null || owner === null) throw new Error('The jar holds no session')
      if (user) expect(owner, 'the user of the jar').toBe(user.id)
      const { sessions } = await rotations(owner)
      const session = sessions.find((one) => one.id === id)
      if (!session) throw new Error('The database has no session of this jar')
      expect(session.endedReason, 'why the session ended').toBeNull()
    },
    async expectSignedOut(page, reason) {
      await page.waitForURL((url) => url.pathname === signInPath)
      if (reason instanceof RegExp) await expect(page.locator(reasonOnPage)).toContainText(reason)
      else if (reason !== undefined) {
        await page.waitForURL(({ searchParams }) => searchParams.get('reason') === reason)
      }
    },
  }
}

/** Opens a page whose response is lost, and waits until the browser shows its own error page. */
export async function visitInVain(page: Page, address: string): Promise<void> {
  const isChromium = page.context().browser()?.browserType().name() === 'chromium'
  // Chromium's error page is a navigation of its own, which would interrupt the next one.
  const errorPage = isChromium
    ? page.waitForEvent('framenavigated', (frame) => frame.url().startsWith('chrome-error:'))
    : Promise.resolve()
  await expect(page.goto(address)).rejects.toThrow()
  await errorPage
}
