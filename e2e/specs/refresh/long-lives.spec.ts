import { expect, test } from '@/e2e/support/fixtures'
import { loseVisit, loseVisitAndChallenge, refreshPosition } from '@/e2e/support/lost-visits'

const HOUR = 60 * 60_000
const WEEK = 7 * 24 * HOUR

// The jar keeps its first refresh token for three weeks here.
test.use({ variables: { REFRESH_TOKEN_TTL: '60d', SESSION_TTL: '90d' } })

test('Two responses lost in a row, a week apart, end nothing', {
  tag: ['@F42', '@fleet'],
}, async ({ page, context, user, rows, front, expectStillSignedIn, passTime, signedIn }) => {
  await signedIn(context, { user })
  await passTime(WEEK)
  await loseVisit(page, front)
  await passTime(WEEK)
  await loseVisitAndChallenge(page, front)
  expect(rows.session(user.name)).toMatchObject({ generation: 1, branch: 2 * HOUR })
  await passTime(WEEK)

  await page.goto('/dashboard')

  await expectStillSignedIn(page, user)
  expect(await refreshPosition(page)).toEqual({ g: 1, b: 2 * HOUR + 1 })
  expect(rows.session(user.name)).toMatchObject({ generation: 1, revoked_at: null })
})
