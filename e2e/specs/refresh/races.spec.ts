import type { Page } from '@playwright/test'
import { claimsOf, namesOf, readJar } from '@/e2e/support/clients/jar'
import { expect, test } from '@/e2e/support/fixtures'
import type { Exchange } from '@/testing/kit/proxy'

const HOUR = 3_600_000

test('Parallel calls on one expired token are all answered, with one rotation and one refresh cookie', {
  tag: ['@F2', '@fleet'],
}, async ({ page, context, user, rows, front, passTime, signedIn }) => {
  front.refusePrefetches()
  await signedIn(context, { user })
  await page.goto('/dashboard')
  await passTime(HOUR)
  front.forget()
  // The number of connections that Chromium opens to one host.
  front.gather({ path: '/api/me' }, 6)

  const answers = await fetchTogether(page, '/api/me', 6)

  expect(answers).toEqual(Array(6).fill({ status: 200, name: user.name }))
  expect(front.exchanges.filter(carriesRefreshToken)).toHaveLength(1)
  expect(rows.session(user.name)).toMatchObject({ generation: 1, branch: 0, revoked_at: null })
})

test('Tabs that wake together all stay signed in, with one rotation each time', {
  tag: ['@F3', '@fleet'],
}, async ({ context, user, rows, front, expectStillSignedIn, passTime, signedIn }) => {
  front.refusePrefetches()
  await signedIn(context, { user })
  // A different URL for each: Chromium requests the same URL only once at a time.
  const tabs = await Promise.all(
    ['one', 'two', 'three', 'four'].map(async (name) => {
      const tab = await context.newPage()
      await tab.goto(`/dashboard?tab=${name}`)
      return tab
    }),
  )

  for (const generation of [1, 2]) {
    await passTime(HOUR)
    front.forget()
    front.gather({ path: /^\/dashboard\?tab=/ }, tabs.length)

    const answers = await Promise.all(tabs.map((tab) => tab.reload()))

    expect(answers.map((answer) => answer?.status())).toEqual([200, 200, 200, 200])
    for (const tab of tabs) {
      // A background tab rarely runs animation frames.
      await tab.bringToFront()
      await expectStillSignedIn(tab, user)
    }
    expect(rows.session(user.name)).toMatchObject({ generation, branch: 0, revoked_at: null })
    const { refresh } = await readJar(context)
    expect(claimsOf(refresh ?? '')).toMatchObject({ g: generation, b: 0 })
  }
})

test('A straggler that replays the old token just after the rotation gets an access token and no refresh token', {
  tag: ['@F5', '@fleet'],
}, async ({ page, context, user, rows, front, passTime, signedIn }) => {
  front.refusePrefetches()
  await signedIn(context, { user })
  await page.goto('/dashboard')
  await passTime(HOUR)
  front.forget()
  const straggler = front.hold({ path: '/api/me' }, 'request')
  const late = fetchTogether(page, '/api/me', 1)
  const sent = await straggler.arrived

  expect(await fetchTogether(page, '/api/me', 1)).toEqual([{ status: 200, name: user.name }])
  expect(rows.session(user.name).generation).toBe(1)
  straggler.release()

  expect(await late).toEqual([{ status: 200, name: user.name }])
  expect(namesOf(sent.answer?.setCookies ?? [])).toEqual(['access_token'])
  expect(rows.session(user.name)).toMatchObject({ generation: 1, branch: 0, revoked_at: null })
})

test('A request that was slower than grace is sent back to its jar, and ends nothing', {
  tag: ['@F5', '@fleet'],
}, async ({ page, context, server, user, rows, front, passTime, signedIn }) => {
  front.refusePrefetches()
  await signedIn(context, { user })
  await page.goto('/dashboard')
  await passTime(HOUR)
  front.forget()
  const straggler = front.hold({ path: '/api/me' }, 'request')
  const late = fetchTogether(page, '/api/me', 1)
  await straggler.arrived

  expect(await fetchTogether(page, '/api/me', 1)).toEqual([{ status: 200, name: user.name }])
  await server.kit.passTime(HOUR, { user })
  straggler.release()

  expect(await late).toEqual([{ status: 200, name: user.name }])
  expect(front.passed('/api/me').map(({ answer }) => answer?.status)).toEqual([307, 200, 200])
  // The jar holds the newer token, which is an hour old by now.
  expect(rows.session(user.name)).toMatchObject({ generation: 2, branch: 0, revoked_at: null })
})

function carriesRefreshToken({ answer }: Exchange): boolean {
  return namesOf(answer?.setCookies ?? []).includes('refresh_token')
}

function fetchTogether(page: Page, path: string, count: number) {
  return page.evaluate(
    async ([address, times]) =>
      Promise.all(
        Array.from({ length: times }, async () => {
          const answer = await fetch(address, { cache: 'no-store' })
          const { user } = await answer.json()
          return { status: answer.status, name: user?.name }
        }),
      ),
    [path, count] as const,
  )
}
