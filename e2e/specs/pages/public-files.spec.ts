import { expect, loseAccess, test } from '@/e2e/support/fixtures'

test('A file of public/ is served without a session, as everybody’s, and asks for no refresh', async ({
  context,
  server,
  user,
  inner,
  signedIn,
}) => {
  const visit = async (path: string, type: string) => {
    const answer = await context.request.get(path, { maxRedirects: 0 })
    expect([answer.status(), answer.headers()['content-type']]).toEqual([200, type])
    expect(answer.headers()).toMatchObject({ 'x-content-type-options': 'nosniff' })
    expect(answer.headers()['cache-control']).not.toContain('private')
  }
  await visit('/apple-touch-icon.png', 'image/png')
  await visit('/robots.txt', 'text/plain; charset=UTF-8')
  await signedIn(context, { user })
  await loseAccess(context)
  await visit('/apple-touch-icon.png?v=2', 'image/png')
  await visit('/apple%2Dtouch%2Dicon.png', 'image/png')
  expect(inner.exchanges).toEqual([])

  const other = await fetch(`${server.origin}/apple-touch-icon.png/`, { redirect: 'manual' })
  expect(other.status).toBe(308)
  const none = await fetch(`${server.origin}/no-such-icon.png`, { redirect: 'manual' })
  expect(none.status).toBe(303)
})
