import { afterEach, describe, expect, it, vi } from 'vitest'
import { generateJwk } from '@/session/key-generation'
import { rekindle } from './sessions'

afterEach(() => void vi.unstubAllEnvs())

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
    await expect(rekindle()).rejects.toMatchObject({
      name: 'ConfigError',
      message: 'ACCESS_TOKEN_KEYS must hold whole key pairs: key 2 cannot be imported',
    })
  })
})
