import { describe, expect, it } from 'vitest'
import { MAX_TOKEN_BYTES, openKeyring } from '@/session/keys/keyring'
import { createDeviceTokens, DEVICE_COOKIE_SECONDS } from './device-token'

const SECRET = 'the-secret-of-the-refresh-tokens-01234'
const clock = { now: 1_800_000_000_000 }
const keyring = await openKeyring([SECRET], 'device')
const deviceTokens = createDeviceTokens(keyring, () => clock.now)

const ada = { account: 'ada', sessionId: 'a-session-of-ada-012345' }

describe('a device token', () => {
  it('F33 is the first of several values that verifies', async () => {
    const token = await deviceTokens.issue(ada)
    expect(await deviceTokens.read(['nonsense', token])).toMatchObject({ account: ada.account })
    expect(await deviceTokens.read([])).toBeNull()
  })

  it('names its account, and a new device each time it is issued without an id', async () => {
    const one = await deviceTokens.read([await deviceTokens.issue(ada)])
    const other = await deviceTokens.read([await deviceTokens.issue(ada)])
    expect(one).toEqual({ ...ada, id: expect.any(String), signedInAt: clock.now })
    expect(one?.id).not.toBe(other?.id)
  })

  it('keeps its device from sign-in to sign-in, and loses its session at sign-out', async () => {
    const one = await deviceTokens.read([await deviceTokens.issue(ada)])
    const later = await deviceTokens.read([
      await deviceTokens.issue({ ...one, ...ada, sessionId: 'next' }),
    ])
    expect(later).toEqual({ ...one, sessionId: 'next' })
    const left = await deviceTokens.read([
      await deviceTokens.issue({ ...one, ...ada, sessionId: null }),
    ])
    expect(left).toEqual({ ...one, sessionId: null })
  })

  it('fits into a cookie even with the longest name', async () => {
    const name = '\u{1f525}'.repeat(64)
    const token = await deviceTokens.issue({ ...ada, account: name })
    expect(token.length).toBeLessThan(MAX_TOKEN_BYTES / 2)
    expect((await deviceTokens.read([token]))?.account).toBe(name)
  })

  it('is valid for as long as a browser keeps a cookie', async () => {
    const token = await deviceTokens.issue(ada)
    const start = clock.now
    clock.now += DEVICE_COOKIE_SECONDS * 1000 - 1000
    expect(await deviceTokens.read([token])).not.toBeNull()
    clock.now += 1000
    expect(await deviceTokens.read([token])).toBeNull()
    clock.now = start
  })

  it('is refused if a stranger signed it, or if it is another kind of token', async () => {
    const iat = Math.floor(clock.now / 1000)
    const claims = { sub: 'ada', jti: 'j', iat, exp: iat + 60 }
    expect(await deviceTokens.read([await keyring.sign('device+jwt', claims)])).not.toBeNull()
    const stranger = await openKeyring(['a-secret-that-a-stranger-made-up-0123'], 'device')
    for (const token of [
      '',
      'ada',
      await stranger.sign('device+jwt', claims),
      await (await openKeyring([SECRET])).sign('device+jwt', claims),
      await keyring.sign('rt+jwt', claims),
      await keyring.sign('device+jwt', { ...claims, sub: '' }),
      await keyring.sign('device+jwt', { sub: 'ada', iat, exp: iat + 60 }),
    ]) {
      expect(await deviceTokens.read([token])).toBeNull()
    }
  })
})
