import type { BrowserContext } from '@playwright/test'
import { readJar } from '@/e2e/support/clients/jar'
import { expect, loseAccess, test } from '@/e2e/support/fixtures'

const NEW_PASSWORD = 'sparks and tinder'

/** The attributes of each cookie that a response sets, by name. */
function attributesOf(setCookies: readonly string[]): Record<string, string[]> {
  const lines = setCookies.map((line) => {
    const [pair = '', ...attributes] = line.split(/; */)
    const named = attributes.map((attribute) => attribute.toLowerCase())
    // Next.js also sets Expires, for browsers without Max-Age.
    const kept = named.filter((attribute) => !/^(expires|max-age)=/.test(attribute))
    return [pair.slice(0, pair.indexOf('=')), kept.sort()] as const
  })
  return Object.fromEntries(lines)
}

async function isIn(context: BrowserContext): Promise<boolean> {
  return (await context.request.get('/api/me')).status() === 200
}

for (const script of [true, false]) {
  for (const access of ['lives', 'is over'] as const) {
    const how = `a form ${script ? 'with' : 'without'} script, whose access token ${access}`
    test(`A password that is changed by ${how}, puts every copy of the session out, and keeps this browser in`, {
      tag: '@F41',
    }, async ({
      browser,
      baseURL,
      user,
      rows,
      front,
      copyJar,
      expectSignedOut,
      expectStillSignedIn,
      passTime,
    }) => {
      const context = await browser.newContext({ baseURL: `${baseURL}`, javaScriptEnabled: script })
      const [thief, lateThief] = [
        await browser.newContext({ baseURL: `${baseURL}` }),
        await browser.newContext({ baseURL: `${baseURL}` }),
      ]
      const signedIn = await context.request.post('/api/auth/login', {
        data: { username: user.name, password: user.password },
      })
      const first = signedIn.headersArray().filter(({ name }) => /^set-cookie$/i.test(name))
      await copyJar(context, thief)
      await copyJar(context, lateThief)
      const [before] = rows.sessions(user.name)

      const page = await context.newPage()
      await page.goto('/account')
      const form = page.getByTestId('change-password')
      await form.locator('[name=currentPassword]').fill(user.password)
      await form.locator('[name=newPassword]').fill(NEW_PASSWORD)
      if (access === 'is over') await passTime('20m')
      await form.locator('button.button').click()
      await expect(page.getByRole('status').getByText('Password changed.')).toBeVisible()
      expect(new URL(page.url()).pathname).toBe('/account')

      const [post] = front.passed('/account', 'POST').slice(-1)
      const attributes = attributesOf(post?.answer?.setCookies ?? [])
      expect(attributes).toMatchObject(attributesOf(first.map(({ value }) => value)))
      expect(post?.answer?.headers['cache-control']).toMatch(/no-store/)
      const jar = await readJar(context)
      const last = (name: string) =>
        post?.answer?.setCookies.findLast((line) => line.includes(`${name}=`)) ?? ''
      expect(last('access_token')).toContain(`${jar.access}`)
      expect(last('refresh_token')).toContain(`${jar.refresh}`)

      // Each copy is signed out, with its unexpired access token and with its refresh token.
      expect(await isIn(thief)).toBe(false)
      await loseAccess(lateThief)
      const late = await lateThief.newPage()
      await late.goto('/dashboard')
      await expectSignedOut(late, /This session was ended/)

      // The browser stays signed in as the same device, now and after its access token expires.
      const sessions = rows.sessions(user.name)
      expect(sessions).toHaveLength(2)
      const old = sessions.find(({ id }) => id === before?.id)
      const moved = sessions.find(({ id }) => id !== before?.id)
      expect(old).toMatchObject({ revoked_reason: 'password_changed' })
      expect(moved).toMatchObject({ revoked_at: null, created_at: old?.created_at })
      expect(await isIn(context)).toBe(true)
      await passTime('20m')
      await page.goto('/dashboard')
      await expectStillSignedIn(page, user)
      await context.close()
      await thief.close()
      await lateThief.close()
    })
  }
}

test('A password that is changed over the API, with an access token that is over, brings new cookies in the same answer', {
  tag: '@F41',
}, async ({
  browser,
  baseURL,
  context,
  page,
  user,
  rows,
  copyJar,
  expectStillSignedIn,
  passTime,
  signedIn,
}) => {
  await signedIn(context, { user })
  const thief = await browser.newContext({ baseURL: `${baseURL}` })
  await copyJar(context, thief)
  await passTime('20m')
  const data = { currentPassword: user.password, newPassword: NEW_PASSWORD }
  const changed = await context.request.post('/api/account/password', { data })
  expect(await changed.json()).toEqual({ ended: 0 })
  await page.goto('/dashboard')
  await expectStillSignedIn(page, user)
  expect(await isIn(thief)).toBe(false)
  await loseAccess(thief)
  expect(await isIn(thief)).toBe(false)
  expect(rows.sessions(user.name).filter(({ revoked_at }) => revoked_at === null)).toHaveLength(1)
  await thief.close()
})

test('A refresh that is under way while the password changes revives nothing', {
  tag: ['@F41', '@hop'],
}, async ({ context, page, user, rows, inner, expectStillSignedIn, passTime, signedIn }) => {
  await signedIn(context, { user })
  await page.goto('/account')
  await passTime('20m')
  const held = inner.hold({ path: '/api/auth/refresh' }, 'request')
  const other = await context.newPage()
  const opening = other.goto('/dashboard')
  await held.arrived
  const data = { currentPassword: user.password, newPassword: NEW_PASSWORD }
  const changed = await context.request.post('/api/account/password', { data })
  expect(changed.status()).toBe(200)
  held.release()
  await opening
  const live = rows.sessions(user.name).filter(({ revoked_at }) => revoked_at === null)
  expect(live).toMatchObject([{ generation: 0 }])
  await other.goto('/dashboard')
  await expectStillSignedIn(other, user)
})
