import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressBlock, addressNetwork, clientOf, parseAddress, parseClient } from './client-info'

describe('an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    [' 192.0.2.1 ', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:0201', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::1', '::1'],
    ['', null],
    ['unknown', null],
    ['192.0.2.1:8080', '192.0.2.1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:8080', '2001:db8::1'],
    ['[192.0.2.1', null],
    ['192.0.2.1:port', null],
    ['192.0.2.256', null],
    ['evil.example', null],
    ['192.0.2.1, 192.0.2.2', null],
    ["192.0.2.1' OR 1=1", null],
    ['<script>', null],
  ])('%j is stored as %s', (text, address) => {
    expect(parseAddress(text)).toBe(address)
  })

  it('is stored in one canonical form, and parsing never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4Extended(), fc.ipV6()), (text) => {
        const address = parseAddress(text)
        if (address !== null) expect(parseAddress(address)).toBe(address)
      }),
    )
  })

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::'],
    ['2001:db8:1:2::1', '2001:db8:1:2::'],
    ['2001:db8:1:3::1', '2001:db8:1:3::'],
    ['unknown', 'unknown'],
    ['', ''],
  ])('%j counts as %s', (address, block) => {
    expect(addressBlock(address)).toBe(block)
  })

  it('counts together with every other address of its /64, and with none outside it', () => {
    const groups = fc.array(fc.integer({ min: 1, max: 0xffff }), { minLength: 4, maxLength: 4 })
    const text = (parts: number[]) => parts.map((part) => part.toString(16)).join(':')
    fc.assert(
      fc.property(groups, groups, groups, (network, one, other) => {
        const address = `${text(network)}:${text(one)}`
        expect(addressBlock(address)).toBe(addressBlock(`${text(network)}:${text(other)}`))
        const elsewhere = addressBlock(`${text(one)}:${text(other)}`)
        expect(elsewhere === addressBlock(address)).toBe(text(one) === text(network))
      }),
    )
  })
})

describe('the network of an address', () => {
  it('is the /48 of an IPv6 address, and null for an IPv4 address', () => {
    expect(addressNetwork('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1::/48')
    expect(addressNetwork('2001:db8:1:ffff::1')).toBe('2001:db8:1::/48')
    expect(addressNetwork('2001:db8:2::1')).toBe('2001:db8:2::/48')
    expect(addressNetwork('192.0.2.1')).toBeNull()
    expect(addressNetwork('unknown')).toBeNull()
  })
})

describe('a client', () => {
  it('has the address that the request normalizer has set', () => {
    const headers = new Headers({
      'x-forwarded-for': '::ffff:192.0.2.1',
      'user-agent': 'Browser/1',
    })
    expect(clientOf(headers)).toEqual({ address: '192.0.2.1', userAgent: 'Browser/1' })
  })

  it('is unknown without a usable address', () => {
    expect(clientOf(new Headers())).toEqual({ address: 'unknown', userAgent: '' })
    expect(clientOf(new Headers({ 'x-forwarded-for': 'evil' })).address).toBe('unknown')
    // The normalizer always sets a single address, so a list is the client's own claim.
    const list = new Headers({ 'x-forwarded-for': '192.0.2.1, 192.0.2.2' })
    expect(clientOf(list).address).toBe('unknown')
  })

  it('is stored with the first 512 characters of its user agent', () => {
    const { userAgent } = parseClient({ address: '::1', userAgent: 'x'.repeat(10_000) })
    expect(userAgent).toHaveLength(512)
  })
})
