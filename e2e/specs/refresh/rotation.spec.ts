import { namesOf } from '@/e2e/support/clients/jar'
import { askTogether, signInOverHttp } from '@/e2e/support/clients/script'
import { expect, test } from '@/e2e/support/fixtures'

const HOUR = 3_600_000

test('Middleware and the page do not both refresh: one rotation, and the page reads what was delivered', {
  tag: ['@F1', '@fleet'],
}, async ({ page, user, rows, front, inner, gate, passTime, signedIn }) => {
  front.refusePrefetches()
  await signedIn(page.context(), { user })
  await page.goto('/dashboard')
  await passTime(HOUR)
  const before = rows.session(user.name)
  front.forget()
  inner.forget()

  const answer = await page.reload()

  expect(answer?.status()).toBe(200)
  await expect(page.getByTestId('whoami-page')).toHaveText(user.name)
  expect(inner.exchanges).toHaveLength(gate === 'edge' ? 1 : 0)
  expect(front.passed('/dashboard')).toHaveLength(1)
  const set = front.passed('/dashboard')[0]?.answer?.setCookies
  if (gate === 'edge') expect(set).toEqual(inner.exchanges[0]?.answer?.setCookies)
  expect(namesOf(set ?? [])).toEqual(['access_token', 'refresh_token'])
  expect(rows.session(user.name)).toMatchObject({ generation: before.generation + 1, branch: 0 })
})

test('Fifty parallel pages with the same expired cookies are all served, with one rotation and one refresh cookie', {
  tag: ['@F2', '@fleet'],
}, async ({ startServer }) => {
  // On a slow machine the last of fifty requests arrives late, but within grace it is still a race.
  const server = await startServer({ env: { REFRESH_GRACE: '10m', INTERNAL_ORIGIN: '' } })
  const [user, earlier] = await Promise.all([server.register(), server.register()])
  const origin = `http://127.0.0.1:${server.port}`
  const [cookie = '', warmUp = ''] = (
    await Promise.all([user, earlier].map((person) => signInOverHttp(origin, person)))
  ).map((cookies) => cookies.replace(/\S*access_token=[^;]*(; )?/, ''))
  await server.kit.passTime(HOUR, { user })
  // A new server is slow at its first requests.
  for (let i = 0; i < 10; i++) await askTogether(server.port, '/dashboard', warmUp, 2)

  const answers = await askTogether(server.port, '/dashboard', cookie, 50)

  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
  for (const { body } of answers) expect(body).toContain(user.name)
  const cookies = answers.flatMap(({ setCookies }) => namesOf(setCookies))
  expect(cookies.filter((name) => name === 'refresh_token')).toHaveLength(1)
  expect(server.rows.session(user.name)).toMatchObject({ generation: 1, branch: 0 })
})
