import { expect, it } from 'vitest'
import { requestedHost } from './requested-host'

it.each<[string, Record<string, string>, number, string | null]>([
  ['requested directly', { host: '127.0.0.1:3000' }, 0, '127.0.0.1:3000'],
  ['requested directly, in capitals', { host: 'LocalHost:3000' }, 0, 'localhost:3000'],
  ['requested without a host', {}, 0, null],
  [
    'behind an untrusted proxy',
    { host: '127.0.0.1:3000', 'x-forwarded-for': '192.0.2.1' },
    0,
    null,
  ],
  ['behind an untrusted proxy that adds Via', { host: 'app', via: '1.1 cache' }, 0, null],
  ['behind a trusted proxy', { host: 'up:1', 'x-forwarded-host': 'app.example' }, 1, 'app.example'],
  [
    'behind a trusted proxy that names no host',
    { host: 'up:1', 'x-forwarded-for': '192.0.2.1' },
    1,
    null,
  ],
  [
    'behind two trusted proxies that each add one',
    { 'x-forwarded-host': 'evil, app.example, inner' },
    2,
    'app.example',
  ],
  [
    'behind two trusted proxies of which one names it',
    { 'x-forwarded-host': 'app.example' },
    2,
    'app.example',
  ],
])('%s: the host is known if it can be', (_, headers, hops, host) => {
  expect(requestedHost(headers, hops)).toBe(host)
})
