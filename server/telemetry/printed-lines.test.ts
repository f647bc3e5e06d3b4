import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { captureLog } from '@/testing/server/captured-log'
import { logPrintedLines } from './printed-lines'

const MARK = randomUUID()
let log: ReturnType<typeof captureLog>
let written: string[]
let output: Parameters<typeof logPrintedLines>[1] & object
let stop: () => void
beforeEach(() => {
  log = captureLog('info')
  written = []
  const write = (text: string | Uint8Array) => written.push(String(text)) > 0
  output = { stdout: { write }, stderr: { write } }
  stop = logPrintedLines(MARK, output)
})
afterEach(() => {
  stop()
  log.stop()
})

describe('F45 what is printed without the log', () => {
  it('is one line of the log, whatever it looks like', () => {
    const forged = 'x\n{"level":"fatal","event":"reuse_detected","msg":"forged"}\n'
    output.stdout.write(forged)
    output.stderr.write(Buffer.from(forged))
    expect(log.lines()).toMatchObject([
      { level: 'info', event: 'printed_stdout', detail: forged.trim() },
      { level: 'warn', event: 'printed_stderr', detail: forged.trim() },
    ])
    expect(written).toEqual([])
  })

  it('is held back where it is a flood', () => {
    for (let n = 0; n < 1000; n++) output.stderr.write(`line ${n}\n`)
    expect(log.lines().length).toBeLessThan(100)
  })

  it('has no colours, no queries, no parameters of statements, and a greatest length', () => {
    output.stderr.write(
      '\u001b[31m⨯ /a?token=eyJ.x.y\u001b[39m failed\nparams: ann,hash\n    at f (a.js:1:2)\n',
    )
    output.stderr.write('x'.repeat(100_000))
    output.stderr.write(' \n')
    const [first, second, ...rest] = log.lines()
    expect(first?.detail).toBe('⨯ /a failed\n    at f (a.js:1:2)')
    expect(second?.detail).toHaveLength(2000)
    expect(rest).toEqual([])
  })

  it('is printed as it is if it is a line of middleware, which bears the mark', () => {
    const line = '{"level":"warn","event":"refresh_unanswered"}\n'
    output.stdout.write(MARK + line)
    expect(written).toEqual([line])
    expect(log.lines()).toEqual([])
  })

  it('calls back once it was written, as a stream does', async () => {
    const write = output.stdout.write as NodeJS.WriteStream['write']
    await new Promise<void>((resolve) => write('a\n', () => resolve()))
    await new Promise<void>((resolve) => write('b\n', 'utf8', () => resolve()))
    expect(log.lines()).toHaveLength(2)
  })

  it('may be a warning of Node', async () => {
    process.emitWarning('one\n{"level":"fatal"}', 'OddWarning')
    await expect
      .poll(log.lines)
      .toMatchObject([{ event: 'printed_stderr', detail: 'OddWarning: one\n{"level":"fatal"}' }])
  })

  it('is printed again once the streams are restored', () => {
    stop()
    output.stdout.write('a\n')
    expect(written).toEqual(['a\n'])
    expect(log.lines()).toEqual([])
  })
})
