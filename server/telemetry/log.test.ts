import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { captureLog } from '@/testing/server/captured-log'
import { describeError } from '../http/error-description'
import { withinRequest } from '../http/request-context'
import { report } from './log'

let log: ReturnType<typeof captureLog>
beforeEach(() => {
  log = captureLog('info')
})
afterEach(() => {
  log.stop()
  vi.useRealTimers()
})

it('is a line of JSON for each event, with its time, level and request', () => {
  const headers = new Headers({ 'x-request-id': 'given-by-a-proxy' })
  withinRequest(headers, () => report('reuse_detected', { sessionId: 's', address: '192.0.2.1' }))
  report('started')
  expect(log.lines()).toEqual([
    {
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      requestId: 'given-by-a-proxy',
      event: 'reuse_detected',
      sessionId: 's',
      address: '192.0.2.1',
      msg: expect.stringContaining('copied'),
    },
    expect.objectContaining({ level: 'info', event: 'started' }),
  ])
  expect(log.lines()[1]).not.toHaveProperty('requestId')
})

it('has no lines below its level', () => {
  report('signed_in', { sessionId: 's' })
  expect(log.lines()).toEqual([])
})

it('is one line even where an error has many', () => {
  report('unexpected_error', { error: describeError(new Error('one\n{"level":"fatal"}')) })
  expect(log.lines()).toHaveLength(1)
})

it('is not filled by a flood, and says how many lines it left out', () => {
  vi.useFakeTimers({ now: 1_800_000_000_000 })
  for (let n = 0; n < 1000; n++) report('throttled', { limit: 'refresh' })
  report('reuse_detected')
  expect(log.lines()).toHaveLength(11)
  vi.advanceTimersByTime(1000)
  report('throttled', { limit: 'refresh' })
  expect(log.lines().at(-1)).toMatchObject({ event: 'throttled', suppressed: 990 })
})
