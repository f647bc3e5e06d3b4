import type { FullResult, Reporter, TestCase, TestResult } from '@playwright/test/reporter'

interface Span {
  count: number
  from: number
  to: number
  /** The sum of what each test took, in milliseconds. */
  sumMs: number
}

/** Prints how long the tests of each project took together. Nothing is asserted of it. */
export default class Seconds implements Reporter {
  private readonly spans = new Map<string, Span>()

  onTestEnd(test: TestCase, { startTime, duration }: TestResult): void {
    const name = test.parent.project()?.name ?? ''
    const from = startTime.getTime()
    const { count, sumMs, ...seen } = this.spans.get(name) ?? { count: 0, sumMs: 0, from, to: 0 }
    this.spans.set(name, {
      count: count + 1,
      sumMs: sumMs + duration,
      from: Math.min(from, seen.from),
      to: Math.max(from + duration, seen.to),
    })
  }

  onEnd(_: FullResult): void {
    for (const [name, { count, from, to, sumMs }] of this.spans) {
      const seconds = ((to - from) / 1000).toFixed(1)
      console.log(`${name}: ${count} tests in ${seconds} s, ${(sumMs / count).toFixed(0)} ms each`)
    }
  }
}
