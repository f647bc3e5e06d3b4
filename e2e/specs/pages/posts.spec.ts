import type { Page } from '@playwright/test'
import { namesOf } from '@/e2e/support/clients/jar'
import { signInOverHttp } from '@/e2e/support/clients/script'
import { expect, loseAccess, test } from '@/e2e/support/fixtures'
import type { AppServer, User } from '@/e2e/support/server/server'
import type { TestProxy } from '@/testing/kit/proxy'

const HOUR = 3_600_000
const NOTE = 'Grüße, 你好 & <b>"quotes"</b> + 100 % 🔥'

test('A server action at expiry keeps its note, and the page is neither loaded nor rendered anew', {
  tag: ['@F16', '@fleet'],
}, async ({ page, context, user, front, passTime, signedIn }) => {
  front.refusePrefetches()
  await signedIn(context, { user })
  await openWithMark(page)
  await passTime(HOUR)
  front.forget()

  await runAction(page, NOTE)

  await expect(page.getByTestId('action-result')).toContainText(user.name)
  await expect(page.getByTestId('action-result')).toContainText(NOTE)
  await expectMark(page)
  const posts = front.passed('/dashboard', 'POST')
  expect(posts.map(({ answer }) => answer?.status)).toEqual([200])
  // An action's response may take long, and must not overwrite a newer refresh token.
  expect(namesOf(posts[0]?.answer?.setCookies ?? [])).toEqual(['access_token'])
  // If the server had rendered the page anew, this response would contain it.
  expect(posts[0]?.answer?.body).not.toContain('whoami-page')
  expect(front.passed('/dashboard', 'GET')).toHaveLength(0)
})

test('A server action of a jar that lost its answer is sent back once, and keeps its note', {
  tag: ['@F16', '@fleet'],
}, async ({ page, context, server, user, rows, front, signedIn }) => {
  front.refusePrefetches()
  await signedIn(context, { user })
  await openWithMark(page)
  await loseAnAnswer(page, server, user, front)
  front.forget()

  await runAction(page, NOTE)

  await expect(page.getByTestId('action-result')).toContainText(user.name)
  await expect(page.getByTestId('action-result')).toContainText(NOTE)
  await expectMark(page)
  const posts = front.passed('/dashboard', 'POST')
  expect(posts.map(({ answer }) => answer?.status)).toEqual([307, 307, 200])
  expect(new Set(posts.map(({ body }) => body)).size).toBe(1)
  expect(posts[2]?.answer?.body).not.toContain('whoami-page')
  // An action's response may take long, so it carries no refresh token and does not rotate.
  expect(rows.session(user.name)).toMatchObject({ generation: 1, branch: 0, revoked_at: null })
})

test('A JSON post to a route handler keeps its body, at expiry and when it is sent back to the jar', {
  tag: ['@F16', '@fleet'],
}, async ({ page, context, server, user, front, passTime, signedIn }) => {
  front.refusePrefetches()
  await signedIn(context, { user })
  await openWithMark(page)
  const change = (currentPassword: string, newPassword: string) =>
    page.evaluate(
      async (body) => {
        const headers = { 'content-type': 'application/json' }
        const init = { method: 'POST', headers, body: JSON.stringify(body) }
        return (await fetch('/api/account/password', init)).status
      },
      { currentPassword, newPassword },
    )

  await passTime(HOUR)
  expect(await change(user.password, NOTE)).toBe(200)
  await loseAnAnswer(page, server, user, front)
  expect(await change(NOTE, `${NOTE} again`)).toBe(200)

  const statuses = front.passed('/api/account/password').map(({ answer }) => answer?.status)
  expect(statuses).toEqual([200, 307, 200])
  await expectMark(page)
  await signInOverHttp(`http://127.0.0.1:${server.port}`, { ...user, password: `${NOTE} again` })
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('A server action at expiry keeps its note without JavaScript', {
    tag: ['@F16', '@fleet'],
  }, async ({ page, context, user, front, expectStillSignedIn, signedIn }) => {
    await signedIn(context, { user })
    await page.goto('/dashboard')
    await loseAccess(context)
    front.forget()

    await runAction(page, NOTE)

    await expectStillSignedIn(page, user)
    await expect(page.getByTestId('action-result')).toContainText(user.name)
    await expect(page.getByTestId('action-result')).toContainText(NOTE)
    expect(front.passed('/dashboard').map(({ method }) => method)).toEqual(['POST'])
  })

  test('A server action of a jar that lost its answer keeps its note without JavaScript', {
    tag: ['@F16', '@fleet'],
  }, async ({ page, context, server, user, rows, front, expectStillSignedIn, signedIn }) => {
    await signedIn(context, { user })
    await page.goto('/dashboard')
    await loseAnAnswer(page, server, user, front)
    front.forget()

    await runAction(page, NOTE)

    await expectStillSignedIn(page, user)
    await expect(page.getByTestId('action-result')).toContainText(NOTE)
    const statuses = front.passed('/dashboard').map(({ answer }) => answer?.status)
    expect(statuses).toEqual([307, 307, 200])
    expect(new URL(page.url()).search).toBe('')
    expect(rows.session(user.name)).toMatchObject({ generation: 1, branch: 0, revoked_at: null })
  })
})

/** Opens the dashboard and marks its document, to detect a reload later. */
async function openWithMark(page: Page): Promise<void> {
  await page.goto('/dashboard')
  await page.getByTestId('whoami-page').evaluate((element) => {
    element.dataset.mark = 'kept'
  })
}

async function expectMark(page: Page): Promise<void> {
  await expect(page.getByTestId('whoami-page')).toHaveAttribute('data-mark', 'kept')
}

async function runAction(page: Page, note: string): Promise<void> {
  await page.locator('textarea[name=note]').fill(note)
  await page.getByTestId('action-run').click()
}

/** Leaves the jar with a token whose successor was lost an hour ago, without touching the page. */
async function loseAnAnswer(
  page: Page,
  server: AppServer,
  user: User,
  front: TestProxy,
): Promise<void> {
  const context = page.context()
  await server.kit.passTime(HOUR, { user })
  const lost = front.when({ path: '/api/sessions' }, { kind: 'drop response' })
  await expect(context.request.get('/api/sessions')).rejects.toThrow()
  lost()
  await server.kit.passTime(HOUR, { user })
}
