import { cookiePairs, signInOverHttp } from '@/e2e/support/clients/script'
import { test as base, expect, loseAccess, signIn } from '@/e2e/support/fixtures'
import { differencesAt, type Side } from '@/e2e/support/parity/differences'
import { CRON_SECRET, PATHS } from '@/e2e/support/parity/inputs'
import type { AppProcess } from '@/e2e/support/server/process'
import type { User } from '@/e2e/support/server/server'
import { type SplitServer, startSplitServer } from '@/e2e/support/server/split'

const METRICS_TOKEN = 'the-token-of-the-metrics-32-characters'

const test = base.extend<object, { split: SplitServer; ada: User }>({
  split: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's dependencies from the pattern
    async ({}, use) => {
      const split = await startSplitServer({ env: { METRICS_TOKEN, CRON_SECRET } })
      await use(split)
      await split.stop()
    },
    { scope: 'worker' },
  ],
  ada: [async ({ split }, use) => use(await split.register('ada')), { scope: 'worker' }],
})

test.describe('The contracts server', { tag: '@contracts-only' }, () => {
  for (const path of PATHS) {
    test(`answers at ${path} what Next.js answers, but for times and ids`, async ({
      split,
      ada,
    }) => {
      const side = async ({ port }: AppProcess): Promise<Side> => {
        const cookies = cookiePairs((await signInOverHttp(split.origin, ada)).split('; '))
        const { access_token: access = '', refresh_token: refresh = '' } = cookies
        return { port, tokens: { access, refresh } }
      }
      const differences = await differencesAt(path, [
        await side(split.pages),
        await side(split.contracts),
      ])
      expect(differences.slice(0, 3).join('\n\n')).toBe('')
    })
  }

  for (const { database, asksItself, processes } of [
    { database: 'sqlite', asksItself: false, processes: 1 },
    { database: 'sqlite', asksItself: true, processes: 2 },
    { database: 'postgres', asksItself: false, processes: 2 },
    { database: 'postgres', asksItself: true, processes: 1 },
  ] as const) {
    const whom = asksItself ? 'its own process' : 'the contracts server'
    test(`beside Next.js keeps a browser signed in on ${database}, whose middleware asks ${whom}`, async ({
      page,
    }) => {
      const split = await startSplitServer({ database, asksItself, processes })
      try {
        const user = await split.register()
        let asked = 0
        split.inner.watch(({ url }) => {
          if (url === '/api/auth/refresh') asked += 1
        })
        await signIn(page, user, '/dashboard', split.origin)
        const before = split.rows.session(user.name)
        await loseAccess(page.context())
        await page.goto(`${split.origin}/dashboard`)
        await expect(page).toHaveURL(`${split.origin}/dashboard`)
        expect((await page.context().cookies()).map(({ name }) => name)).toContain('access_token')
        expect(asked > 0).toBe(!asksItself)
        // A script of the page refreshes the same session at the other server.
        const status = () => fetch('/api/auth/refresh', { method: 'POST' }).then((a) => a.status)
        expect(await page.evaluate(status)).toBe(200)
        const after = split.rows.session(user.name)
        expect({ id: after.id, revoked: after.revoked_at }).toEqual({
          id: before.id,
          revoked: null,
        })
        // nginx asks the contracts server for contracts, and for nothing else.
        await split.contracts.kill()
        const statuses = ['/api/auth/refresh', '/login', '/api/health', '/sign-in'].map(
          async (path) => (await fetch(`${split.direct}${path}`)).status,
        )
        expect(await Promise.all(statuses)).toEqual([502, 502, 502, 200])
        await page.goto(`${split.origin}/dashboard`)
        await expect(page).toHaveURL(`${split.origin}/dashboard`)
      } finally {
        await split.stop()
      }
    })
  }
})
