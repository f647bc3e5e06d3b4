import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@/e2e/support/fixtures'
import { namesOf, readEvents, runScene } from '@/e2e/support/lab'
import { complaintsOf } from '@/e2e/support/steps'

const LAB = { LAB: '1' }
const PROBE = { NODE_OPTIONS: '--import ./e2e/support/server/loaded-chunks.mjs' }
/** A text that only the code of a scene has. */
const MARK = 'Rekindle lab ('

test('Lab: two visitors at once do not see each other, and a fault of one does not meet the other', async ({
  startServer,
}) => {
  const server = await startServer({ env: LAB })
  const [away, races] = await Promise.all(
    ['database-away', 'fifty'].map(async (scene) => readEvents(await runScene(server, scene))),
  )
  const statuses = (run = away) => run?.answers.map(({ status }) => status) ?? []
  expect(away?.verdict).toMatchObject({ holds: true })
  expect(races?.verdict).toMatchObject({ holds: true })
  expect(statuses(away)).toContain(503)
  expect(statuses(races)).not.toContain(503)
  expect(away?.kinds).toContain('fault')
  expect(races?.kinds).not.toContain('fault')
  expect(races?.answers.filter(({ outcome }) => outcome === 'served')).toHaveLength(51)
  expect(namesOf(server)).toHaveLength(2)
})

test('Lab: no run tells a token, a password or an id', async ({ startServer }) => {
  const server = await startServer({ env: LAB })
  const { text, name } = await readEvents(await runScene(server, 'password'))
  const [user] = server.sql.all<{ id: string }>('SELECT id FROM users WHERE name = ?', [name])
  const sessions = server.sql.all<{ id: string }>('SELECT id FROM sessions')
  expect(text).not.toMatch(/eyJ|lab-[0-9a-f]{32}/)
  for (const secret of [name, user?.id, ...sessions.map(({ id }) => id)]) {
    expect(secret).toBeTruthy()
    expect(text).not.toContain(secret)
  }
})

test('Lab: a visitor who leaves ends the run, and rows go an hour after they were made', async ({
  context,
  startServer,
}) => {
  const server = await startServer({ env: LAB })
  const { user } = await server.kit.signedIn(context)
  const leaving = new AbortController()
  const { response } = await runScene(server, 'tabs', { signal: leaving.signal })
  await response.body?.getReader().read()
  await expect.poll(() => namesOf(server)).toHaveLength(1)
  leaving.abort()
  // Two places at once for an address: a third run begins as soon as the one that was left has ended.
  const first = await runScene(server, 'ended-elsewhere')
  expect((await readEvents(first)).verdict).toMatchObject({ holds: true })
  await expect
    .poll(async () => (await readEvents(await runScene(server, 'ended-elsewhere'))).kinds.at(-1))
    .toBe('verdict')
  server.sql.run("UPDATE users SET created_at = created_at - 3600000 WHERE id LIKE 'lab.%'")
  await expect.poll(() => namesOf(server), { intervals: [1000] }).toEqual([])
  const left = server.sql.all(
    'SELECT user_id FROM sessions UNION SELECT user_id FROM session_events',
  )
  expect(left).toEqual([{ user_id: user.id }])
  const { sessions, events } = await server.kit.rotations(user)
  expect(sessions).toMatchObject([{ endedReason: null }])
  expect(events.map(({ kind }) => kind)).toEqual(['signed_in'])
})

test('Lab: without LAB=1 there is no lab, and nothing of it is loaded', async ({ startServer }) => {
  // The mark is in the build, or this test could not fail.
  const chunks = readdirSync('.next/server', { recursive: true, encoding: 'utf8' })
  const marked = chunks.filter(
    (file) => file.endsWith('.js') && readFileSync(`.next/server/${file}`, 'utf8').includes(MARK),
  )
  expect(marked.length).toBeGreaterThan(0)
  const loaded = async (env: Record<string, string>) => {
    const server = await startServer({ env: { ...PROBE, ...env } })
    const page = await fetch(`${server.direct}/lab`)
    const api = await runScene(server, 'fifty').then(({ response }) => response)
    const home = await (await fetch(`${server.direct}/`)).text()
    const [, port] = /probe at (\d+);/.exec(server.output()) ?? []
    const probe = await fetch(`http://127.0.0.1:${port}/?text=${encodeURIComponent(MARK)}`)
    const { found } = await probe.json()
    const statuses = [page.status, api.status]
    await api.body?.cancel()
    return { statuses, found, hasLink: home.includes('href="/lab?scene=thief-first"') }
  }
  expect(await loaded({})).toEqual({ statuses: [404, 404], found: [], hasLink: false })
  const on = await loaded(LAB)
  expect(on.statuses).toEqual([200, 200])
  expect(on.found.length).toBeGreaterThan(0)
  expect(on.hasLink).toBe(true)
})

test('Lab: one press plays a scene to its verdict, and only this page loads its script', async ({
  startServer,
  page,
  context,
}) => {
  const server = await startServer({ env: LAB })
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const complaints = complaintsOf(page)
  await page.goto(`${server.origin}/lab?scene=thief-first`)
  await expect(page.getByRole('heading', { name: 'A thief goes first' })).toBeVisible()
  await page.getByTestId('lab-run').click()
  await expect(page.getByTestId('lab-verdict')).toContainText('As promised')
  await expect(page.getByTestId('lab-verdict')).toContainText('ended (reused)')
  await expect(page.getByTestId('lab-naive')).toContainText('Signed out: owner')
  await expect(page.getByTestId('lab-steps')).toContainText('Decision: revoke')
  const steps = await page.getByTestId('lab-steps').locator('li').count()
  await page.getByRole('button', { name: 'Copy the steps' }).click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toContain('scene=thief-first')
  expect(copied.split('\n').filter((line) => /^\d+\.\d\d s /.test(line))).toHaveLength(steps)
  await page.getByRole('button', { name: 'Again' }).click()
  await page.getByRole('button', { name: 'Pause' }).click()
  const paused = await page.getByTestId('lab-steps').locator('li').count()
  expect(paused).toBeLessThan(steps)
  await page.getByRole('button', { name: 'Step' }).click()
  await expect(page.getByTestId('lab-steps').locator('li')).toHaveCount(paused + 1)
  expect(complaints).toEqual([])

  const scripts = async () => {
    const addresses = await page
      .locator('script[src]')
      .evaluateAll((all) => all.map((script) => (script as HTMLScriptElement).src))
    const texts = addresses.map(async (src) => (await page.request.get(src)).text())
    return (await Promise.all(texts)).join('')
  }
  expect((await page.goto(`${server.origin}/lab`))?.status()).toBe(200)
  expect(await scripts()).toContain('lab-picture')
  for (const path of ['/', '/sign-in']) {
    await page.goto(`${server.origin}${path}`)
    expect(await scripts()).not.toContain('lab-picture')
  }
})
