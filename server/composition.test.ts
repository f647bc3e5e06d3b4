import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { generateJwk } from '@/session/keys/key-generation'
import { temporaryDirectory } from '@/testing/database/temporary-sqlite'
import { openServer } from '@/testing/server/suite'
import { addUser } from './auth/account/account'
import { services } from './composition'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

describe('a server whose key pair is corrupt', () => {
  it('does not start, and names the variable and the place of the key', async () => {
    const [whole, half, other] = await Promise.all([
      generateJwk('EdDSA'),
      generateJwk('EdDSA'),
      generateJwk('EdDSA'),
    ])
    const keys = [whole, { ...half, d: other.d }]
    vi.stubEnv('REFRESH_TOKEN_SECRET', 'a-refresh-secret-of-enough-characters-2')
    vi.stubEnv('ACCESS_TOKEN_ALG', 'EdDSA')
    vi.stubEnv('ACCESS_TOKEN_KEYS', JSON.stringify(keys))
    await expect(services()).rejects.toMatchObject({
      name: 'ConfigError',
      message: 'ACCESS_TOKEN_KEYS must hold whole key pairs: key 2 cannot be imported',
    })
  })
})

it('every token of a deployment names it, and another with the same secrets and the same rows takes none', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const later = () => vi.setSystemTime(Date.now() + 3_600_000)
  const directory = temporaryDirectory()
  const shared = { DATABASE_URL: `file:${join(directory.path, 'shared.db')}` }
  const client = { address: '192.0.2.1', userAgent: 'Browser/1' }
  const presented = (token: string) => ({
    ...{ tokens: [token] as [string], accessOnly: false, jar: true, challenges: [], client },
  })

  const ours = await openServer({ ...shared, TOKEN_ISSUER: 'https://app.example' })
  const { sessionId, refresh } = await ours.startSession(await addUser('ann', 'keep-me-signed-in'))
  const first = refresh?.token ?? ''
  later()
  const rotated = await ours.engine.refresh(presented(first))
  later()
  const stale = await ours.engine.refresh(presented(first)).catch((error) => error)
  const tokens = {
    refresh: rotated.refresh?.token ?? '',
    challenge: stale.challenge as string,
    device: await ours.devices.issue({ account: 'ann', sessionId }),
    caller: await ours.callers.sign({ ...client, waitedMs: 0 }, first, ours.clock()),
  }
  for (const token of Object.values(tokens)) {
    expect(decodeJwt(token).aud).toBe('https://app.example')
  }
  expect(await ours.devices.read([tokens.device])).toMatchObject({ account: 'ann' })
  expect(await ours.callers.read(tokens.caller, first, ours.clock())).toMatchObject(client)

  const theirs = await openServer({ ...shared, TOKEN_ISSUER: 'https://staging.example' })
  const refusal = theirs.engine.refresh(presented(tokens.refresh))
  await expect(refusal).rejects.toMatchObject({ code: 'invalid_refresh_token' })
  expect(await theirs.engine.introspect(tokens.refresh)).toBeNull()
  expect(await theirs.devices.read([tokens.device])).toBeNull()
  expect(await theirs.callers.read(tokens.caller, first, theirs.clock())).toBeNull()
  await Promise.all([ours.database.close(), theirs.database.close()])
  directory.remove()
})
