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
  ])('%j is kept as %s', (text, address) => {
    expect(parseAddress(text)).toBe(address)
  })

  it('is kept in one form, whatever was written, and parsing never fails', () => {
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
  ])('%j counts as %s: a subscriber of IPv6 has a /64 to himself', (address, block) => {
    expect(addressBlock(address)).toBe(block)
  })

  it('counts as one with every other of its /64, and never with one outside', () => {
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
  it('is the /48 of IPv6, and none of IPv4', () => {
    expect(addressNetwork('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1::/48')
    expect(addressNetwork('2001:db8:1:ffff::1')).toBe('2001:db8:1::/48')
    expect(addressNetwork('2001:db8:2::1')).toBe('2001:db8:2::/48')
    expect(addressNetwork('192.0.2.1')).toBeNull()
    expect(addressNetwork('unknown')).toBeNull()
  })
})

describe('a client', () => {
  it('is who the front says it is', () => {
    const headers = new Headers({
      'x-forwarded-for': '::ffff:192.0.2.1',
      'user-agent': 'Browser/1',
    })
    expect(clientOf(headers)).toEqual({ address: '192.0.2.1', userAgent: 'Browser/1' })
  })

  it('is unknown where nothing usable is known', () => {
    expect(clientOf(new Headers())).toEqual({ address: 'unknown', userAgent: '' })
    expect(clientOf(new Headers({ 'x-forwarded-for': 'evil' })).address).toBe('unknown')
    // Where no front has looked, a list is nobody's word.
    const list = new Headers({ 'x-forwarded-for': '192.0.2.1, 192.0.2.2' })
    expect(clientOf(list).address).toBe('unknown')
  })

  it('is kept with 512 characters of what it says of itself', () => {
    const { userAgent } = parseClient({ address: '::1', userAgent: 'x'.repeat(10_000) })
    expect(userAgent).toHaveLength(512)
  })
})
