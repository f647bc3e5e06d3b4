import type { Page } from '@playwright/test'
import { readJar } from '@/e2e/support/clients/jar'
import { ask, cookieIn } from '@/e2e/support/clients/wire'
import { expect, test } from '@/e2e/support/fixtures'
import { loseVisit, loseVisitAndChallenge, refreshPosition } from '@/e2e/support/lost-visits'
import type { TestProxy } from '@/testing/kit/proxy'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const WEEK = 7 * 24 * HOUR

test('After a lost response a retry at once is served, and moves nothing', {
  tag: ['@F6', '@fleet'],
}, async ({ page, context, user, rows, front, expectStillSignedIn, passTime, signedIn }) => {
  await signedIn(context, { user })
  await passTime(HOUR)
  await loseVisit(page, front)
  expect(rows.session(user.name)).toMatchObject({ generation: 1, branch: 0 })
  front.forget()

  const answer = await page.goto('/dashboard')

  expect(answer?.status()).toBe(200)
  await expectStillSignedIn(page, user)
  expect(statuses(front)).toEqual([200])
  expect(await refreshPosition(page)).toEqual({ g: 0, b: 0 })
  expect(rows.session(user.name)).toMatchObject({ generation: 1, branch: 0, revoked_at: null })
})

test('A week after a lost response the jar is asked once more, and its token is issued again', {
  tag: ['@F6', '@fleet'],
}, async ({ page, context, user, rows, front, expectStillSignedIn, passTime, signedIn }) => {
  front.refusePrefetches()
  await signedIn(context, { user })
  await passTime(HOUR)
  await loseVisit(page, front)
  await passTime(WEEK)
  front.forget()

  const answer = await page.goto('/dashboard?from=bookmark')

  expect(answer?.status()).toBe(200)
  expect(page.url()).toMatch(/\/dashboard\?from=bookmark$/)
  await expectStillSignedIn(page, user)
  // Challenged, renewed, and shown at its own address.
  expect(statuses(front)).toEqual([307, 307, 200])
  // A first reissue after more than two hours counts as if exactly two hours had passed.
  expect(rows.session(user.name)).toMatchObject({ generation: 1, revoked_at: null })
  expect(await refreshPosition(page)).toEqual({ g: 1, b: 2 * HOUR })
  expect((await readJar(context)).challenge).toBeNull()
  const kinds = rows.events(user.name).map(({ kind }) => kind)
  expect(kinds).toEqual(expect.arrayContaining(['stale_challenged', 'reissued']))

  await leave(page)
  await passTime(HOUR)
  await page.goto('/dashboard')
  await expectStillSignedIn(page, user)
  expect(rows.session(user.name)).toMatchObject({
    ...{ generation: 2, branch: 0, parent_branch: 2 * HOUR },
  })
  expect(await refreshPosition(page)).toEqual({ g: 2, b: 0 })
})

test('Ten responses lost in a row, with the person back at once each time, end nothing', {
  tag: ['@F6', '@fleet'],
}, async ({ page, context, user, rows, front, expectStillSignedIn, passTime, signedIn }) => {
  await signedIn(context, { user })
  await passTime(HOUR)
  for (let loss = 1; loss <= 10; loss++) await loseVisit(page, front)
  expect(front.passed('/dashboard').filter(({ delivered }) => delivered)).toHaveLength(0)

  const answer = await page.goto('/dashboard')

  expect(answer?.status()).toBe(200)
  await expectStillSignedIn(page, user)
  expect(rows.session(user.name)).toMatchObject({ generation: 1, branch: 0, revoked_at: null })
})

test('Seven responses lost in a row, seventeen minutes apart, end nothing, and the session heals', {
  tag: ['@F6', '@F42', '@fleet'],
}, async ({ page, context, user, rows, front, expectStillSignedIn, passTime, signedIn }) => {
  front.refusePrefetches()
  await signedIn(context, { user })
  await passTime(HOUR)
  await loseVisit(page, front)
  const branches: number[] = []
  for (let loss = 2; loss <= 7; loss++) {
    await passTime(17 * MINUTE)
    await loseVisitAndChallenge(page, front)
    branches.push(rows.session(user.name).branch)
  }
  // The generation is reissued once in the first hour and once in the second. In between it is renewed.
  const [inFirst = 0, , , inSecond = 0] = branches
  expect(branches).toEqual([inFirst, inFirst, inFirst, inSecond, inSecond, inSecond])
  expect(inFirst).toBeGreaterThanOrEqual(17 * MINUTE)
  expect(inSecond).toBeGreaterThan(HOUR)

  await passTime(WEEK)
  await page.goto('/dashboard')
  await expectStillSignedIn(page, user)
  expect(await refreshPosition(page)).toEqual({ g: 1, b: 2 * HOUR + 1 })

  await leave(page)
  await passTime(HOUR)
  await page.goto('/dashboard')
  await expectStillSignedIn(page, user)
  expect(await refreshPosition(page)).toEqual({ g: 2, b: 0 })
  expect(rows.session(user.name)).toMatchObject({ generation: 2, branch: 0, revoked_at: null })
})

test('A session that stands on a branch of the former rule lives on', {
  tag: ['@F42', '@fleet'],
}, async ({
  page,
  context,
  server,
  user,
  rows,
  front,
  expectStillSignedIn,
  passTime,
  signedIn,
}) => {
  await signedIn(context, { user })
  await passTime(HOUR)
  await loseVisit(page, front)
  server.sql.run('UPDATE sessions SET branch = 8 WHERE id = ?', [rows.session(user.name).id])
  await passTime(WEEK)

  await page.goto('/dashboard')

  await expectStillSignedIn(page, user)
  expect(await refreshPosition(page)).toEqual({ g: 1, b: 2 * HOUR })
})

test('The request to come back with the jar may be lost as well', {
  tag: ['@F6', '@fleet'],
}, async ({
  page,
  context,
  server,
  user,
  rows,
  front,
  expectStillSignedIn,
  passTime,
  signedIn,
}) => {
  await signedIn(context, { user })
  await passTime(HOUR)
  await loseVisit(page, front)
  await server.kit.passTime(HOUR, { user })
  await loseVisit(page, front)
  expect(rows.session(user.name)).toMatchObject({ generation: 1, branch: 0, revoked_at: null })

  const answer = await page.goto('/dashboard')

  expect(answer?.status()).toBe(200)
  await expectStillSignedIn(page, user)
  const { generation, branch, revoked_at } = rows.session(user.name)
  expect([generation, branch > 0, revoked_at]).toEqual([1, true, null])
  expect(await refreshPosition(page)).toEqual({ g: generation, b: branch })
})

test('A jar that loses every cookie of a redirect is sent back to itself twice, then served', {
  tag: ['@F35', '@fleet'],
}, async ({ page, context, server, user, rows, front, passTime, signedIn }) => {
  const named = (name: string) => (server.origin.startsWith('https:') ? `__Host-${name}` : name)
  for (const [path, last] of [
    ['/dashboard?q=a%20b&flag', 503],
    ['/api/me', 503],
    ['/sign-in', 200],
  ] as const) {
    await context.clearCookies()
    await signedIn(context, { user })
    await passTime(HOUR)
    await loseVisit(page, front)
    await passTime(HOUR)
    const { refresh } = await readJar(context)
    const cookies: Record<string, string> = { [named('refresh_token')]: `${refresh}` }
    const visit = (address: string) => ask(server, address, { cookies })

    const addresses: string[] = [path]
    let response = await visit(path)
    while (response.status === 307 && addresses.length < 20) {
      const { pathname, search } = new URL(`${response.headers.get('location')}`, server.origin)
      addresses.push(pathname + search)
      response = await visit(`${addresses.at(-1)}`)
    }
    const mark = path.includes('?') ? '&' : '?'
    expect(addresses).toEqual([path, `${path}${mark}_again=1`, `${path}${mark}_again=2`])
    expect(response.status).toBe(last)

    // A response that is no redirect carries the challenge, and with it the session continues.
    const challenge = named('refresh_challenge')
    cookies[challenge] = `${cookieIn(response, challenge)}`
    const served = await visit(path)
    expect(served.status).toBe(path === '/sign-in' ? 307 : 200)
    expect(cookieIn(served, named('refresh_token'))).not.toBeNull()
  }
  expect(rows.sessions(user.name).map(({ revoked_reason }) => revoked_reason)).not.toContain(
    'reused',
  )
})

test('In Chromium a link and a page that were challenged end at their own address', {
  tag: ['@F35', '@fleet'],
}, async ({ page, context, user, front, passTime, signedIn }) => {
  front.refusePrefetches()
  await signedIn(context, { user })
  await page.goto('/dashboard')
  await passTime(HOUR)
  await loseVisit(await context.newPage(), front)
  await passTime(HOUR)
  front.forget()
  await page.getByRole('link', { name: 'Devices' }).click()
  await expect(page.getByRole('heading', { name: 'Devices', level: 1 })).toBeVisible()
  await expect(page).toHaveURL('/devices')
  expect(front.passed('/devices').map(({ answer }) => answer?.status)).toEqual([307, 307, 200])
})

/** Leaves the page, so that it sends no requests while the person is away. */
async function leave(page: Page): Promise<void> {
  await page.goto('about:blank')
}

function statuses(front: TestProxy): (number | undefined)[] {
  return front
    .passed('/dashboard')
    .filter(({ headers }) => headers['sec-fetch-dest'] === 'document')
    .map(({ answer }) => answer?.status)
}
