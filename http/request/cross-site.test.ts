import { describe, expect, it } from 'vitest'
import { isCrossSiteWrite } from './cross-site'

const OWN = 'https://app.example'
type Row = [string, Record<string, string>, boolean]

describe('a request that changes state', () => {
  it.each<Row>([
    ['a browser’s own', { origin: OWN, 'sec-fetch-site': 'same-origin' }, false],
    ['with the app’s origin alone', { origin: OWN }, false],
    ['from no browser', {}, false],
    ['typed by the person', { 'sec-fetch-site': 'none' }, false],
    ['same-origin without an Origin', { 'sec-fetch-site': 'same-origin' }, false],
    ['of another origin', { origin: 'https://evil.example' }, true],
    [
      'F28 same-origin, its Origin withheld',
      { origin: 'null', 'sec-fetch-site': 'same-origin' },
      false,
    ],
    ['F28 of the opaque origin', { origin: 'null' }, true],
    [
      'F28 cross-site, its Origin withheld',
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
      true,
    ],
    ['F28 same-site, its Origin withheld', { origin: 'null', 'sec-fetch-site': 'same-site' }, true],
    ['F28 typed, its Origin withheld', { origin: 'null', 'sec-fetch-site': 'none' }, true],
    [
      'F28 same-origin, of NULL in capitals',
      { origin: 'NULL', 'sec-fetch-site': 'same-origin' },
      true,
    ],
    ['of an empty origin', { origin: '' }, true],
    ['of a sibling', { origin: 'https://evil.app.example' }, true],
    ['of a parent', { origin: 'https://example' }, true],
    ['of the app’s host in another scheme', { origin: 'http://app.example' }, true],
    ['of another port', { origin: 'https://app.example:8443' }, true],
    ['of the app’s origin with a slash', { origin: `${OWN}/` }, true],
    ['of an origin that begins with the app’s', { origin: `${OWN}.evil.example` }, true],
    ['of the app’s origin in capitals', { origin: OWN.toUpperCase() }, true],
    ['of two origins', { origin: `${OWN}, https://evil.example` }, true],
    ['cross-site', { 'sec-fetch-site': 'cross-site' }, true],
    ['same-site', { 'sec-fetch-site': 'same-site' }, true],
    ['same-site, with the app’s origin', { origin: OWN, 'sec-fetch-site': 'same-site' }, true],
    [
      'same-origin, with another origin',
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
      true,
    ],
    ['an unknown site', { 'sec-fetch-site': 'whatever' }, true],
    ['an empty site', { 'sec-fetch-site': '' }, true],
    ['a Referer says nothing', { referer: 'https://evil.example/' }, false],
  ])('%s', (_, headers, refused) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'ANYTHING', 'get']) {
      expect(isCrossSiteWrite(method, new Headers(headers), OWN)).toBe(refused)
    }
  })

  it.each(['GET', 'HEAD', 'OPTIONS'])('is not a %s, which any site may make', (method) => {
    const headers = new Headers({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })
    expect(isCrossSiteWrite(method, headers, OWN)).toBe(false)
  })
})
