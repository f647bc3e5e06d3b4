import { readJar } from '@/e2e/support/clients/jar'
import { ask, signInCanonically } from '@/e2e/support/clients/wire'
import { expect, test } from '@/e2e/support/fixtures'

const PAGES = ['/dashboard', '/devices', '/account', '/confirm']
const APIS: [string, string][] = [
  ['GET', '/api/me'],
  ['GET', '/api/sessions'],
  ['POST', '/api/sessions/end-others'],
  ['DELETE', '/api/sessions/any'],
  ['POST', '/api/account/password'],
  ['POST', '/api/account/confirm'],
  ['DELETE', '/api/account'],
]
const DEEP = 'middleware:middleware:middleware:middleware:middleware'
const FORGED: Record<string, string>[] = [
  { 'x-middleware-subrequest': DEEP },
  { 'x-middleware-subrequest': 'src/middleware:src/middleware:src/middleware:src/middleware' },
  { 'x-middleware-next': '1', 'x-middleware-rewrite': '/dashboard' },
  { 'x-middleware-override-headers': 'cookie', 'x-middleware-request-cookie': 'access_token=x' },
  { 'next-action': '0000000000000000000000000000000000000000' },
  { authorization: 'Bearer garbage' },
  { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzaWQiOiJ4In0.' },
  { purpose: 'prefetch', 'sec-purpose': 'prefetch', 'next-router-prefetch': '1', rsc: '1' },
  { 'x-internal-caller': 'garbage', 'x-forwarded-for': '127.0.0.1' },
  { 'x-nextjs-data': '1', 'x-matched-path': '/sign-in', 'x-invoke-path': '/sign-in' },
  { 'x-original-url': '/', 'x-rewrite-url': '/' },
]

/** The path of a response's Location, without the query. */
function placeOf({ headers }: Response, origin: string): string {
  const { origin: there, pathname } = new URL(headers.get('location') ?? '/nowhere', origin)
  return there + pathname
}

test('Forged headers open no page and no handler', { tag: '@F25' }, async ({
  context,
  server,
  user,
  signedIn,
}) => {
  await signedIn(context, { user })
  const { id } = server.rows.session(user.name)
  for (const headers of FORGED) {
    for (const path of PAGES) {
      const answer = await fetch(server.origin + path, { headers, redirect: 'manual' })
      const text = await answer.text()
      expect(text, `${path} with ${Object.keys(headers)}`).not.toContain('whoami-page')
      expect(text).not.toContain(user.name)
      expect(text).not.toContain(id)
      if (answer.status === 200) expect(headers).toHaveProperty('rsc')
      else expect(placeOf(answer, server.origin)).toBe(`${server.origin}/sign-in`)
    }
    for (const [method, path] of APIS) {
      const answer = await fetch(server.origin + path, { method, headers, redirect: 'manual' })
      expect(answer.status, `${method} ${path} with ${Object.keys(headers)}`).toBe(401)
      await answer.body?.cancel()
    }
  }
  expect(server.rows.session(user.name).revoked_at).toBeNull()
})

test('Where the gate lets everything through, the data layer refuses pages, actions and handlers', {
  tag: '@F25',
}, async ({ context, page, server, user, front, signedIn }) => {
  await signedIn(context, { user })
  await page.goto('/dashboard')
  await page.getByRole('textbox', { name: 'Note' }).fill('a secret note')
  await page.getByTestId('action-run').click()
  await expect(page.getByTestId('action-result')).toContainText(user.name)
  const [call] = front.passed('/dashboard', 'POST')
  const { access } = await readJar(context)
  const ended = await signInCanonically(server, user)
  await ask(server, '/api/auth/logout', { method: 'POST', bearer: ended.access })

  // The gate passes any token that verifies, without a database. Only the data layer knows that the session has ended.
  const authorization = `Bearer ${ended.access}`
  for (const path of PAGES) {
    const answer = await fetch(server.origin + path, {
      headers: { authorization },
      redirect: 'manual',
    })
    expect(answer.status).toBe(307)
    expect(placeOf(answer, server.origin)).toBe(`${server.origin}/sign-in`)
    expect(await answer.text()).not.toContain(user.name)
  }
  for (const [method, path] of APIS) {
    const answer = await fetch(server.origin + path, { method, headers: { authorization } })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
    await answer.body?.cancel()
  }
  const action = (more: Record<string, string>) =>
    fetch(`${server.origin}/dashboard`, {
      method: 'POST',
      headers: {
        'next-action': String(call?.headers['next-action']),
        'content-type': String(call?.headers['content-type']),
        accept: 'text/x-component',
        origin: server.origin,
        ...more,
      },
      body: call?.body ?? '',
      redirect: 'manual',
    })
  const honest = await action({ cookie: `access_token=${access}` })
  expect(honest.status).toBe(200)
  expect(await honest.text()).toContain('a secret note')
  for (const headers of [{ authorization }, {}] as Record<string, string>[]) {
    const answer = await action(headers)
    expect(answer.headers.get('x-action-redirect')).toMatch(/^\/sign-in/)
    expect(await answer.text()).not.toMatch(new RegExp(`a secret note|${user.name}`))
  }
})
