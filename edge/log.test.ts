import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createEdgeLog } from './log'

const told = {
  requestId: 'given-by-a-proxy',
  traceParent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  status: 502,
}
let printed: string[]
beforeEach(() => {
  printed = []
  vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(line))
})
afterEach(() => void vi.restoreAllMocks())

it('writes a line in the format of the server’s log', () => {
  createEdgeLog('info', '')(told)
  expect(printed.map((line) => JSON.parse(line))).toEqual([
    {
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      requestId: 'given-by-a-proxy',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      event: 'refresh_unanswered',
      status: 502,
      msg: expect.any(String),
    },
  ])
})

it('starts with the mark by which the server recognises it', () => {
  createEdgeLog('info', 'mark:')(told)
  expect(printed[0]).toMatch(/^mark:{"level":"warn"/)
})

it('counts the lines that it suppressed, and writes nothing below its level', () => {
  const report = createEdgeLog('warn', '')
  for (let n = 0; n < 100; n++) report({ ...told, traceParent: null, status: null })
  expect(printed).toHaveLength(10)
  expect(JSON.parse(printed[0] ?? '')).not.toHaveProperty('traceId')
  createEdgeLog('error', '')(told)
  createEdgeLog('silent', '')(told)
  expect(printed).toHaveLength(10)
})
