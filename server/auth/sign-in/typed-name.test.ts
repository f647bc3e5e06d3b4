import { expect, it } from 'vitest'
import { z } from 'zod'
import { cookiePairs } from '@/http/request/cookies'
import { readBody } from '@/server/http/request-body'
import { asked } from '@/testing/server/suite'
import { readTypedName, typedNameCookie } from './typed-name'

const policy = { secure: true, sameSite: 'lax' } as const
const schema = z.object({ username: z.string().max(3) })

/** The name that a form shows again after it was posted with `username` and failed. */
async function shown(username: string): Promise<string | null> {
  const request = asked('POST', new URLSearchParams({ username }).toString())
  await readBody(request, schema).catch(() => {})
  const line = typedNameCookie(request, policy)
  const pairs = Object.entries(cookiePairs(line === null ? [] : [line]))
  return readTypedName(
    new Headers({ cookie: pairs.map(([name, value]) => `${name}=${value}`).join('; ') }),
    policy,
  )
}

it('a typed name is shown again as it was typed, even if it is not a valid name', async () => {
  for (const name of ['ada', ' Ada; Lovelace="1"', 'Zo\u00eb \u{1f525}', '%zz', 'x'.repeat(64)]) {
    expect(await shown(name)).toBe(name)
  }
})

it('a typed name is not kept if it is empty or too long', async () => {
  expect(await shown('x'.repeat(65))).toBeNull()
  expect(await shown('')).toBeNull()
})

it('a typed name is kept only for an HTML form, and read only from a cookie that the app wrote', async () => {
  const request = asked('POST', { username: 'ada' })
  await readBody(request, schema)
  expect(typedNameCookie(request, policy)).toBeNull()
  for (const cookie of [
    'typed_name=ada',
    '__Host-typed_name=%',
    `__Host-typed_name=${'x'.repeat(65)}`,
    '',
  ]) {
    expect(readTypedName(new Headers({ cookie }), policy)).toBeNull()
  }
})
