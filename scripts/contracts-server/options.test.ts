import { describe, expect, it } from 'vitest'
import { readOptions } from './options'

describe('the options of the contracts server', () => {
  it('have defaults', () => {
    expect(readOptions([], {})).toEqual({
      port: 3001,
      hostname: '127.0.0.1',
      processes: 1,
      metricsTimeoutMs: 5000,
    })
  })

  it('are read from the command line, and before the environment', () => {
    const line = '-p 4000 -H 0.0.0.0 --processes 3 --metrics-timeout 2s'.split(' ')
    const env = { PORT: '5000', HOSTNAME: '192.0.2.1' }
    expect(readOptions(line, env)).toEqual({
      port: 4000,
      hostname: '0.0.0.0',
      processes: 3,
      metricsTimeoutMs: 2000,
    })
    expect(readOptions([], env)).toMatchObject({ port: 5000, hostname: '192.0.2.1' })
  })

  it.each<[args: string[], says: string]>([
    [['--port', 'x'], '--port must be a port number'],
    [['--port', ''], '--port must be a port number'],
    [['--port', '70000'], '--port must be a port number'],
    [['--port', '0x50'], '--port must be a port number'],
    [['-H', ''], '--hostname must be an address or a name'],
    [['--processes', '0'], '--processes must be a number from 1 to 64'],
    [['--processes', '65'], '--processes must be a number from 1 to 64'],
    [['--processes', 'two'], '--processes must be a number from 1 to 64'],
    [['--processes', '1.5'], '--processes must be a number from 1 to 64'],
    [
      ['--metrics-timeout', '0'],
      '--metrics-timeout must be a duration such as 5s, longer than nothing',
    ],
    [
      ['--metrics-timeout', 'soon'],
      '--metrics-timeout must be a duration such as 5s, longer than nothing',
    ],
    [['--prot', '1'], "Unknown option '--prot'"],
    [['3001'], "Unexpected argument '3001'"],
    [['--port'], "Option '-p, --port <value>' argument missing"],
    [
      ['--port', 'x', '--processes', 'y'],
      '--port must be a port number; --processes must be a number from 1 to 64',
    ],
  ])('%j are refused in one sentence', (args, says) => {
    expect(() => readOptions(args, {})).toThrow(new Error(says))
  })

  it('name PORT if that is wrong', () => {
    expect(() => readOptions([], { PORT: 'x' })).toThrow(new Error('PORT must be a port number'))
  })
})
