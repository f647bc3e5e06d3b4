import { type ApiAnswer, openDescription } from '@/e2e/support/api-description'
import { expect, test } from '@/e2e/support/fixtures'

test('An answer that is not as described is noticed', async ({
  context,
  server,
  user,
  signedIn,
}) => {
  const { check } = await openDescription(`http://127.0.0.1:${server.port}`)
  await signedIn(context, { user })
  const answer = await context.request.get('/api/me')
  const me: ApiAnswer = {
    method: 'GET',
    path: '/api/me',
    status: answer.status(),
    headers: answer.headers(),
    body: await answer.text(),
  }
  check(me)
  const wrong = (change: Partial<ApiAnswer>) => () => check({ ...me, ...change })
  const { user: who, session } = JSON.parse(me.body)
  expect(wrong({ body: JSON.stringify({ user: who }) })).toThrow('session')
  expect(wrong({ body: JSON.stringify({ user: who, session, more: 1 }) })).toThrow('additional')
  const never = { ...session, accessTokenExpiresAt: 'never' }
  expect(wrong({ body: JSON.stringify({ user: who, session: never }) })).toThrow('date-time')
  expect(wrong({ body: '<p>' })).toThrow('not JSON')
  expect(wrong({ headers: { 'content-type': 'text/html' } })).toThrow('text/html')
  expect(wrong({ status: 418 })).toThrow('status is not described')
  expect(wrong({ path: '/api/nobody' })).toThrow('path is not described')
  expect(wrong({ method: 'POST' })).toThrow('method is not described')
  const location = `${server.origin}/api/me`
  const again = { status: 307, body: location }
  expect(wrong({ ...again, headers: { location } })).toThrow('Set-Cookie')
  expect(wrong({ ...again, headers: { location, 'set-cookie': 'a=b' } })).not.toThrow()
  const error = { code: 'INVALID_ACCESS_TOKEN', message: 'No', status: 401 }
  const refusal = { status: 401, body: JSON.stringify({ error }) }
  expect(wrong(refusal)).toThrow('WWW-Authenticate')
  const headers = { ...me.headers, 'www-authenticate': 'Bearer' }
  expect(wrong({ ...refusal, headers })).not.toThrow()
  const other = { error: { ...error, code: 'NOBODY_KNOWS' } }
  expect(wrong({ ...refusal, headers, body: JSON.stringify(other) })).toThrow('allowed values')
})

test('A method that a path does not have is refused with those that it has', async ({
  context,
  user,
  signedIn,
}) => {
  for (const [method, path, allowed] of [
    ['GET', '/api/auth/refresh', 'POST, OPTIONS'],
    ['PUT', '/api/auth/login', 'POST, OPTIONS'],
    ['POST', '/api/health', 'GET, HEAD, OPTIONS'],
    ['POST', '/api/openapi.json', 'GET, HEAD, OPTIONS'],
  ]) {
    const answer = await context.request.fetch(`${path}`, { method: `${method}` })
    expect(answer.status(), path).toBe(405)
    expect(answer.headers().allow).toBe(allowed)
  }
  await signedIn(context, { user })
  const answer = await context.request.patch('/api/me')
  expect(answer.status()).toBe(405)
  expect(answer.headers().allow).toBe('GET, HEAD, OPTIONS')
  const options = await context.request.fetch('/api/sessions/x', { method: 'OPTIONS' })
  expect(options.status()).toBe(204)
  expect(options.headers().allow).toBe('DELETE, OPTIONS')
})

test('A test fails in which an answer was not as described, though it looked at nothing', async ({
  context,
  user,
  signedIn,
}) => {
  test.fail()
  await signedIn(context, { user })
  await context.request.get('/api/nothing-of-the-kind')
})
