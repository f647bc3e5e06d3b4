import { expect, it } from 'vitest'
import { askedHost } from './asked-host'

it.each<[string, Record<string, string>, number, string | null]>([
  ['asked directly', { host: '127.0.0.1:3000' }, 0, '127.0.0.1:3000'],
  ['asked directly, in capitals', { host: 'LocalHost:3000' }, 0, 'localhost:3000'],
  ['asked without a host', {}, 0, null],
  [
    'behind a proxy that nobody trusts',
    { host: '127.0.0.1:3000', 'x-forwarded-for': '192.0.2.1' },
    0,
    null,
  ],
  ['behind a proxy that says Via', { host: 'app', via: '1.1 cache' }, 0, null],
  ['behind a trusted proxy', { host: 'up:1', 'x-forwarded-host': 'app.example' }, 1, 'app.example'],
  [
    'behind a trusted proxy that names no host',
    { host: 'up:1', 'x-forwarded-for': '192.0.2.1' },
    1,
    null,
  ],
  [
    'behind two that each add one',
    { 'x-forwarded-host': 'evil, app.example, inner' },
    2,
    'app.example',
  ],
  ['behind two of which one names it', { 'x-forwarded-host': 'app.example' }, 2, 'app.example'],
])('%s: the host is known where it can be', (_, headers, hops, host) => {
  expect(askedHost(headers, hops)).toBe(host)
})
