import { describe, it } from 'vitest'
import { isPublic } from '@/edge/paths'
import { openKeyring } from '@/session/keys/keyring'
import { expectLinear } from '@/testing/growth'
import { parseReturnPath, signInPath } from './address/return-path'
import { bearerToken } from './request/bearer'
import { cookiePairs, readCookies, replaceCookies } from './request/cookies'
import { isCrossSite } from './request/cross-site'
import { requestIdOf } from './request/request-id'
import { traceParentOf } from './request/trace-parent'

const only = (value: string) => ({ get: () => value })
/** Makes a new header each time, because the latest parsed header is kept. */
let count = 0
const readFrom = (header: string) => readCookies(`${header}; n=${count++}`, 'refresh_token')
const keyring = openKeyring(['a secret that is long enough for this'], 'refresh')

describe('F38 the time for a header or an address grows with its length alone', () => {
  it.each<[string, (size: number) => unknown]>([
    ['spaces in a cookie', (n) => readFrom(`a${' '.repeat(n)}b=1`)],
    ['spaces at the end of a cookie', (n) => readFrom(`a=b${' \t'.repeat(n / 2)}c`)],
    ['many cookies', (n) => readFrom('a=1; '.repeat(n / 5))],
    [
      'many cookies of one name',
      (n) => readFrom('refresh_token=; refresh_token=a;'.repeat(n / 32)),
    ],
    ['many cookies of many names', (n) => readFrom(names(n).join('=1; '))],
    ['semicolons', (n) => readFrom(';'.repeat(n))],
    ['equals signs', (n) => readFrom('='.repeat(n))],
    [
      'cookies that are replaced',
      (n) => replaceCookies(`a${' '.repeat(n)}b=1; ${names(n)}`, { a: '1' }),
    ],
    ['cookies that are set', (n) => cookiePairs([`a${' '.repeat(n)}b=1; Path=/`])],
    ['spaces after Bearer', (n) => bearerToken(only(`Bearer${' '.repeat(n)}\u00e9`))],
    ['an origin', (n) => isCrossSite(only(`https://${'a.'.repeat(n)}`), 'https://app.example')],
    ['a request id', (n) => requestIdOf(only('a'.repeat(n)))],
    ['a trace', (n) => traceParentOf(only(`00-${'0'.repeat(n)}`))],
    ['the way back', (n) => parseReturnPath(`/${'%2f'.repeat(n / 3)}?${'a=b&'.repeat(n / 4)}`)],
    ['dots on the way back', (n) => parseReturnPath(`/a${'/..'.repeat(n / 3)}`)],
    ['the way to the sign-in', (n) => signInPath(`/${"'~".repeat(n / 2)}`, null)],
    ['the path of a page', (n) => isPublic('/a'.repeat(n))],
    ['a token of dots', async (n) => (await keyring).verify('rt+jwt', '.'.repeat(n), 0)],
    [
      'a token of letters',
      async (n) => (await keyring).verify('rt+jwt', `${'a'.repeat(n)}.a.a`, 0),
    ],
  ])('%s', (_, work) => expectLinear(work))
})

function names(size: number): string[] {
  return Array.from({ length: size / 8 }, (_, index) => `a${index}`)
}
