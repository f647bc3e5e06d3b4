import { expect, it } from 'vitest'
import { z } from 'zod'
import { cookiePairs } from '@/http/request/cookies'
import { readBody } from '@/server/http/request-body'
import { asked } from '@/testing/server/suite'
import { readTypedName, typedNameCookie } from './typed-name'

const policy = { secure: true, sameSite: 'lax' } as const
const schema = z.object({ username: z.string().max(3) })

/** What a form shows again whose post had this name and failed. */
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

it('is what was typed, whether or not it can be a name', async () => {
  for (const name of ['ada', ' Ada; Lovelace="1"', 'Zo\u00eb \u{1f525}', '%zz', 'x'.repeat(64)]) {
    expect(await shown(name)).toBe(name)
  }
})

it('is nothing that cannot be one by its length', async () => {
  expect(await shown('x'.repeat(65))).toBeNull()
  expect(await shown('')).toBeNull()
})

it('is kept for a form alone, and read only if it was written here', async () => {
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
