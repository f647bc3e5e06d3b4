import type { Page } from '@playwright/test'
import {
  expect,
  type KitFixtures,
  type SessionRecord,
  type SessionState,
  STATES,
  test,
} from 'rekindle-testing'

const TESTS_OF_A_STATE = 20

/** What a test of a state has: a person whose session is in that state, and the page that they open next. */
interface Visit extends Pick<KitFixtures, 'expectStillSignedIn' | 'expectSignedOut' | 'passTime'> {
  readonly page: Page
  readonly name: string
  /** Opens the dashboard as the thief. */
  asThief(): Promise<Page>
  /** The person's session, from the database. */
  row(): Promise<SessionRecord>
  kinds(): Promise<string[]>
}

const LIVES = { endedReason: null }

/** What the next page must do in each state. */
const OUTCOMES: Readonly<Record<SessionState, (visit: Visit) => Promise<void>>> = {
  fresh: async ({ row }) => {
    expect(await row()).toMatchObject({ generation: 0, branch: 0, ...LIVES })
  },
  expiring: async ({ row }) => {
    expect(await row()).toMatchObject({ generation: 1, branch: 0, ...LIVES })
  },
  expired: async ({ row }) => {
    expect(await row()).toMatchObject({ generation: 1, branch: 0, ...LIVES })
  },
  replaced: async ({ row }) => {
    expect(await row()).toMatchObject({ generation: 1, branch: 0, ...LIVES })
  },
  'lost-response': async ({ row, kinds }) => {
    const { generation, branch, endedReason } = await row()
    expect([generation, branch > 0, endedReason]).toEqual([1, true, null])
    expect(await kinds()).toContain('reissued')
  },
  stolen: async ({ page, row, kinds, passTime, asThief, expectSignedOut }) => {
    expect(await row()).toMatchObject(LIVES)
    await passTime('1m')
    await expectSignedOut(await asThief(), 'reused')
    await page.goto('/dashboard')
    await expectSignedOut(page, 'reused')
    expect(await row()).toMatchObject({ endedReason: 'reused' })
    expect(await kinds()).toContain('reuse_detected')
  },
  'ended-elsewhere': async ({ row }) => {
    expect(await row()).toMatchObject({ generation: 0, endedReason: 'ended_elsewhere' })
  },
  reused: async ({ row, kinds }) => {
    expect(await row()).toMatchObject({ generation: 1, endedReason: 'reused' })
    expect(await kinds()).toContain('reuse_detected')
  },
  'idle-expired': async ({ kinds }) => {
    expect(await kinds()).toEqual(['signed_in'])
  },
  'absolute-expired': async ({ kinds }) => {
    expect(await kinds()).not.toContain('ended')
  },
}

/** The reason on the sign-in page, in the states in which the next page is that one. */
const REASONS: Partial<Record<SessionState, string>> = {
  'ended-elsewhere': 'revoked',
  reused: 'reused',
  'idle-expired': 'expired',
  'absolute-expired': 'expired',
}

for (const state of STATES) {
  for (let n = 1; n <= TESTS_OF_A_STATE; n++) {
    test(`${state}, ${n} of ${TESTS_OF_A_STATE}`, { tag: '@kit' }, async ({
      page,
      context,
      browser,
      baseURL,
      newUser,
      signedIn,
      rotations,
      passTime,
      expectStillSignedIn,
      expectSignedOut,
    }) => {
      const name = `${state} ${n}`
      const user = await newUser({ name })
      const { thief } = await signedIn(context, { user, state })
      await page.goto('/dashboard')
      const reason = REASONS[state]
      if (reason === undefined) await expectStillSignedIn(page, user)
      else await expectSignedOut(page, reason)
      await OUTCOMES[state]({
        ...{ page, name, passTime, expectStillSignedIn, expectSignedOut },
        async asThief() {
          const other = await browser.newContext({ baseURL: `${baseURL}` })
          await thief.enter(other)
          const stolen = await other.newPage()
          await stolen.goto('/dashboard')
          return stolen
        },
        async row() {
          const { sessions } = await rotations(user)
          expect(sessions).toHaveLength(1)
          return sessions[0] as SessionRecord
        },
        kinds: async () => (await rotations(user)).events.map(({ kind }) => kind),
      })
    })
  }
}
