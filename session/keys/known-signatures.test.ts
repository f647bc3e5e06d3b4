import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createKeyring, issuedSecond, type Keyring } from './keyring'
import { keyringSuite } from './keyring.suite'
import { knowingSignatures, MAX_KNOWN } from './known-signatures'
import { type SignerOf, webSigner } from './signer'
import { importSecret, type SigningKey } from './signing-key'

keyringSuite('Web Crypto with known signatures', knowingSignatures(webSigner))

const NOW = 1_800_000_000_000
const LIFE = { iat: issuedSecond(NOW), exp: issuedSecond(NOW) + 60 }
const EXPECTED = { issuer: 'me', audience: 'here' }
const verified = vi.fn<(token: string) => void>()
/** Counts the signatures that are verified. */
const counting: SignerOf = (key) => {
  const signer = webSigner(key)
  return {
    ...signer,
    verify(token, expected) {
      verified(token)
      return signer.verify(token, expected)
    },
  }
}

let key: SigningKey
let keyring: Keyring
beforeAll(async () => {
  key = await importSecret('the-secret-of-this-test-0123456789abcdef')
})

function openKeyring(): void {
  keyring = createKeyring([key], knowingSignatures(counting))
  verified.mockClear()
}
const issue = (claims = {}) =>
  keyring.sign('at+jwt', { iss: 'me', aud: 'here', ...LIFE, ...claims })
const verify = (token: string, now = NOW, expected = EXPECTED) =>
  keyring.verify('at+jwt', token, now, expected)

describe('a token whose signature was verified', () => {
  beforeAll(openKeyring)

  it('is good again, with the same claims, and costs no second verification', async () => {
    const token = await issue({ sub: 'ada', list: ['a', 'b'] })
    const first = await verify(token)
    expect(first).toMatchObject({ status: 'good', claims: { sub: 'ada', list: ['a', 'b'] } })
    expect(await verify(token)).toEqual(first)
    expect(await verify(token)).toEqual(first)
    expect(verified).toHaveBeenCalledTimes(1)
  })

  it('expires all the same, and is for its own issuer, audience and type alone', async () => {
    const token = await issue()
    expect((await verify(token)).status).toBe('good')
    expect((await verify(token, NOW + 59_000)).status).toBe('good')
    expect((await verify(token, NOW + 60_000)).status).toBe('expired')
    expect((await verify(token, NOW, { issuer: 'me', audience: 'there' })).status).toBe('invalid')
    expect((await verify(token, NOW, { issuer: 'you', audience: 'here' })).status).toBe('invalid')
    expect((await keyring.verify('rt+jwt', token, NOW)).status).toBe('invalid')
    expect((await verify(token)).status).toBe('good')
  })

  it('vouches for no other text: each change of one character is invalid', async () => {
    const token = await issue({ sub: 'ada' })
    expect((await verify(token)).status).toBe('good')
    for (let at = 0; at < token.length; at++) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      expect((await verify(changed)).status, `character ${at}`).toBe('invalid')
    }
  })
})

describe('what is known', () => {
  it('holds no token that was refused', async () => {
    openKeyring()
    const other = createKeyring([await importSecret('another-secret-0123456789abcdef-0123456')])
    const forged = await other.sign('at+jwt', { iss: 'me', aud: 'here', ...LIFE })
    const [header] = (await issue()).split('.')
    const token = [header, ...forged.split('.').slice(1)].join('.')
    const expired = await issue({ exp: LIFE.iat })
    for (const refused of [token, expired]) {
      verified.mockClear()
      await verify(refused)
      await verify(refused)
      expect(verified).toHaveBeenCalledTimes(2)
    }
  })

  it('forgets the token that was not seen for the longest time', async () => {
    openKeyring()
    const tokens: string[] = []
    for (let n = 0; n <= MAX_KNOWN; n++) tokens.push(await issue({ jti: String(n) }))
    const [first = '', second = '', ...rest] = tokens
    for (const token of [first, second, ...rest.slice(0, -1)]) await verify(token)
    await verify(first)
    await verify(rest.at(-1) ?? '')
    verified.mockClear()
    await verify(first)
    expect(verified).not.toHaveBeenCalled()
    await verify(second)
    expect(verified).toHaveBeenCalledTimes(1)
  })
})
