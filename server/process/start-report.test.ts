import { afterEach, beforeEach, expect, it } from 'vitest'
import { ConfigError } from '@/config/read'
import { captureLog } from '@/testing/server/captured-log'
import { reportConfigWarning, reportStartFailure } from './start-report'

let log: ReturnType<typeof captureLog>
beforeEach(() => {
  log = captureLog('info')
})
afterEach(() => log.stop())

const error = new ConfigError('PORT must be a port number\nAPP_ORIGIN must be an origin')

/** Returns what `work` writes to a terminal or a pipe. */
function written(
  isTTY: boolean,
  work: (stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>) => void,
) {
  const text: string[] = []
  work({ isTTY, write: (line: string | Uint8Array) => text.push(String(line)) > 0 })
  return text.join('')
}

it('is one plain line for a person at a terminal', () => {
  expect(written(true, (stream) => reportStartFailure(error, stream))).toBe(
    'Rekindle cannot start: PORT must be a port number; APP_ORIGIN must be an origin\n',
  )
  expect(written(true, (stream) => reportConfigWarning('A is not B', stream))).toBe(
    'Warning: A is not B\n',
  )
  expect(log.lines()).toEqual([])
})

it('is JSON for a program that reads the log', () => {
  expect(written(false, (stream) => reportStartFailure(error, stream))).toBe('')
  expect(written(false, (stream) => reportConfigWarning('A is not B', stream))).toBe('')
  expect(log.lines()).toEqual([
    expect.objectContaining({
      level: 'fatal',
      event: 'start_failed',
      error: expect.objectContaining({ message: error.message }),
    }),
    expect.objectContaining({ level: 'warn', event: 'config_warning', detail: 'A is not B' }),
  ])
})
