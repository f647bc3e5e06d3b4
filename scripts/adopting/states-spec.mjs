/** A spec for each state into which the kit puts a browser, and what an app shows in it. It runs in the app of the check. */
export const STATES_SPEC = `import { expect, STATES, type SessionState, test as kit } from 'rekindle-testing'

const test = kit.extend({
  user: async ({ request }, use) => {
    const joined = await request.post('/api/people', { data: { name: 'Joan', role: 'reader' } })
    await use(await joined.json())
  },
})

/** The rotations after the first page; or the reason for which the sign-in page is shown. */
const NEXT_PAGE = {
  fresh: 0,
  expiring: 1,
  expired: 1,
  replaced: 1,
  'lost-response': 1,
  stolen: 1,
  'ended-elsewhere': 'revoked',
  reused: 'reused',
  'idle-expired': 'expired',
  'absolute-expired': 'expired',
} satisfies Record<SessionState, number | string>

for (const state of STATES) {
  test(\`a session that is \${state}\`, async ({
    page,
    context,
    browser,
    user,
    signedIn,
    passTime,
    rotations,
    expectStillSignedIn,
    expectSignedOut,
  }) => {
    const { thief } = await signedIn(context, { user, state })
    await page.goto('/members')
    const next = NEXT_PAGE[state]
    if (typeof next === 'string') return expectSignedOut(page, next)

    await expect(page.getByRole('heading')).toHaveText('Hello, Joan')
    await expectStillSignedIn(page, user)
    expect((await rotations(user)).sessions.map(({ generation }) => generation)).toEqual([next])
    if (state !== 'stolen') return

    await passTime('2m')
    const other = await browser.newContext()
    await thief.enter(other)
    const stolen = await other.newPage()
    await stolen.goto('/members')
    await expectSignedOut(stolen, 'reused')
    await other.close()
    await passTime('20m')
    await page.reload()
    await expectSignedOut(page, 'reused')
  })
}
`

/** The browser of this machine, for the app's own configuration of Playwright. */
export function browserConfig(executablePath) {
  return `import own from './playwright.config'

export default {
  ...own,
  workers: 2,
  reporter: 'list',
  use: {
    ...own.use,
    launchOptions: ${JSON.stringify({
      ...(executablePath ? { executablePath } : {}),
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })},
  },
}
`
}
