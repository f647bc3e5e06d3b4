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

it('writes a line like the server’s own', () => {
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

it('bears the mark by which the server knows it', () => {
  createEdgeLog('info', 'mark:')(told)
  expect(printed[0]).toMatch(/^mark:{"level":"warn"/)
})

it('says what it left out of a flood, and nothing below its level', () => {
  const report = createEdgeLog('warn', '')
  for (let n = 0; n < 100; n++) report({ ...told, traceParent: null, status: null })
  expect(printed).toHaveLength(10)
  expect(JSON.parse(printed[0] ?? '')).not.toHaveProperty('traceId')
  createEdgeLog('error', '')(told)
  createEdgeLog('silent', '')(told)
  expect(printed).toHaveLength(10)
})
