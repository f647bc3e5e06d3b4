import { readJar } from '@/e2e/support/clients/jar'
import { expect, loseAccess, test } from '@/e2e/support/fixtures'
import { takeSessionsAway } from '@/e2e/support/server/database'

test('A database that fails under a living access token is an error screen, and heals', {
  tag: ['@F12', '@fleet'],
}, async ({ context, page, server, user, rows, signedIn }) => {
  await signedIn(context, { user })
  const jar = await readJar(context)
  const bringBack = takeSessionsAway(server)
  try {
    const answer = await page.goto('/dashboard')
    expect(answer?.status()).toBeGreaterThanOrEqual(500)
    await expect(page).toHaveURL('/dashboard')
    await expect(page.getByText('You are still signed in')).toBeVisible()
    const api = await context.request.get('/api/me')
    expect(api.status()).toBe(503)
    expect(api.headers()['retry-after']).toMatch(/^\d+$/)
    expect((await context.request.get('/')).status()).toBe(200)
    expect((await context.request.get('/sign-in')).status()).toBeGreaterThanOrEqual(500)
  } finally {
    bringBack()
  }
  expect(await readJar(context)).toEqual(jar)
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByTestId('whoami-page')).toHaveText(user.name)
  expect(rows.session(user.name).revoked_at).toBeNull()
})

test('A database that fails at refresh is a 503 that asks again by itself, never a sign-in', {
  tag: ['@F12', '@fleet'],
}, async ({ context, page, server, user, rows, signedIn }) => {
  await signedIn(context, { user })
  await loseAccess(context)
  const jar = await readJar(context)
  const bringBack = takeSessionsAway(server)
  try {
    expect((await page.goto('/devices'))?.status()).toBe(503)
    await expect(page.getByText('You are still signed in')).toBeVisible()
    expect((await context.request.get('/api/sessions')).status()).toBe(503)
    const refresh = await context.request.post('/api/auth/refresh')
    expect(refresh.status()).toBe(503)
    expect(refresh.headers()['retry-after']).toMatch(/^\d+$/)
  } finally {
    bringBack()
  }
  expect(await readJar(context)).toEqual(jar)
  await expect(page.getByTestId('device-row')).toHaveCount(1)
  expect(rows.session(user.name).revoked_at).toBeNull()
})

test('A server action that meets a failing database says so, and works after it', {
  tag: ['@F12', '@fleet'],
}, async ({ context, page, server, user, signedIn }) => {
  await signedIn(context, { user })
  await page.goto('/dashboard')
  const bringBack = takeSessionsAway(server)
  try {
    await page.getByTestId('action-run').click()
    await expect(page.getByTestId('action-result')).toContainText('unavailable')
    await page.getByTestId('api-run').click()
    await expect(page.getByTestId('api-result')).toContainText('No answer just now')
  } finally {
    bringBack()
  }
  await page.getByTestId('action-run').click()
  await expect(page.getByTestId('action-result')).toContainText(user.name)
})
