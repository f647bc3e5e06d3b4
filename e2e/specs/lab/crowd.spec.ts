import { expect, test } from '@/e2e/support/fixtures'
import { namesOf, readEvents, runScene } from '@/e2e/support/lab'
import { sharedCluster } from '@/e2e/support/server/cluster'
import { SCENES } from '@/server/lab/scene-list'

const VISITORS = 100
/** As many as may run at once: `RUNS_AT_ONCE` of `server/lab/admission.ts`. */
const AT_ONCE = 4

test('Lab: a hundred visitors from a hundred addresses each see their scene hold, and leave nothing behind', {
  tag: '@heavy',
}, async ({ startServer, context }) => {
  const server = await startServer({ env: { LAB: '1', TRUSTED_PROXY_HOPS: '1' } })
  const { user } = await server.kit.signedIn(context)
  const visitors = Array.from({ length: VISITORS }, (_, n) => n)
  const visit = async () => {
    for (let n = visitors.shift(); n !== undefined; n = visitors.shift()) {
      const scene = SCENES[n % SCENES.length]?.id ?? ''
      const headers = { 'x-forwarded-for': `198.51.100.${n + 1}` }
      const { verdict, kinds } = await readEvents(await runScene(server, scene, { headers }))
      expect(verdict, `${scene}: ${kinds.at(-1)}`).toMatchObject({ holds: true })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, visit))
  expect(namesOf(server)).toHaveLength(VISITORS)

  server.sql.run("UPDATE users SET created_at = created_at - 3600000 WHERE id LIKE 'lab.%'")
  await expect.poll(() => namesOf(server), { intervals: [1000] }).toEqual([])
  const left = server.sql.all(
    'SELECT id AS user_id FROM users UNION SELECT user_id FROM sessions UNION SELECT user_id FROM session_events',
  )
  expect(left).toEqual([{ user_id: user.id }])
})

test('Lab: every scene holds on PostgreSQL', { tag: '@heavy' }, async ({ startServer }) => {
  const databaseUrl = await (await sharedCluster()).createDatabase()
  const server = await startServer({ env: { LAB: '1', DATABASE_URL: databaseUrl } })
  for (const { id } of SCENES) {
    const { verdict, answers } = await readEvents(await runScene(server, id))
    expect(verdict, id).toMatchObject({ holds: true })
    expect(verdict?.rows.length, id).toBeGreaterThan(0)
    expect(answers.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  }
  expect(namesOf(server)).toHaveLength(SCENES.length)
})
