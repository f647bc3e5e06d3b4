import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import type { PartName } from './options'
import type { Measured } from './rounds'
import { type Spread, spread } from './statistics'

/** A measured value. `low` and `high` enclose the middle half of the rounds. */
export interface Value extends Spread {
  readonly part: PartName
  readonly variant: string
  readonly measure: string
  readonly unit: string
}

/** A measured value that is compared with a bound. */
export interface Check extends Spread {
  readonly part: PartName
  readonly name: string
  readonly unit: string
  readonly relation: '>=' | '<='
  readonly bound: number
  readonly holds: boolean
}

/** Points of a measure over the requests of a run. */
export interface Series {
  readonly name: string
  readonly points: readonly (readonly [requests: number, value: number])[]
}

/** Collects what a run measures, and prints it as it comes. */
export class Report {
  readonly values: Value[] = []
  readonly checks: Check[] = []
  readonly series: Series[] = []
  readonly notes: string[] = []
  #part: PartName = 'page'

  begin(part: PartName): void {
    this.#part = part
    console.log(`\n=== ${part}`)
  }

  value(variant: string, measure: string, unit: string, of: Spread | number): void {
    const value = { part: this.#part, variant, measure, unit, ...asSpread(of) }
    this.values.push(value)
    console.log(`${variant.padEnd(44)} ${measure}: ${formatSpread(value)} ${unit}`)
  }

  /** Reports the rounds of variants: requests a second, CPU a request, and latency. */
  rounds(results: ReadonlyMap<string, Measured>): void {
    for (const [variant, { requestsPerSecond, cpuMs, loadCpuMs, p50, p99 }] of results) {
      const add = (measure: string, unit: string, values: readonly number[]) =>
        this.values.push({ part: this.#part, variant, measure, unit, ...spread(values) })
      add('speed', 'requests/s', requestsPerSecond)
      add('CPU a request', 'ms', cpuMs)
      add('CPU of the load a request', 'ms', loadCpuMs)
      add('latency, median', 'ms', p50)
      add('latency, 99th percentile', 'ms', p99)
      const [rate, cpu, load] = [spread(requestsPerSecond), spread(cpuMs), spread(loadCpuMs)]
      console.log(
        `${variant.padEnd(44)} ${rate.median.toFixed(0).padStart(6)} requests/s, ${cpu.median.toFixed(3)} ms CPU (the load's own: ${load.median.toFixed(3)})`,
      )
    }
  }

  /** Compares a value with its bound. */
  check(name: string, of: Spread | number, relation: '>=' | '<=', bound: number, unit = '×'): void {
    const measured = asSpread(of)
    const holds = relation === '>=' ? measured.median >= bound : measured.median <= bound
    this.checks.push({ part: this.#part, name, unit, ...measured, relation, bound, holds })
    console.log(
      `${holds ? 'holds' : 'FAILS'}  ${name}: ${formatSpread(measured)} ${unit} (${relation} ${bound})`,
    )
  }

  /** A sentence that the report has to say, such as what could not be measured. */
  note(text: string): void {
    this.notes.push(text)
    console.log(text)
  }
}

/** What the numbers of a run depend on. */
export function machine(): Record<string, string> {
  const model = cpus()[0]?.model.trim() ?? 'unknown'
  const { version } = JSON.parse(readFileSync('node_modules/next/package.json', 'utf8'))
  return {
    processor: `${cpus().length} × ${model}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${process.platform} ${process.arch}`,
    node: process.version,
    next: version,
    load: `${readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ')} when it began`,
  }
}

/** Three significant digits, and the middle half of the values where they vary. */
export function formatSpread({ median, low, high }: Spread): string {
  const range = low === high ? '' : ` (${format(low)} to ${format(high)})`
  return format(median) + range
}

function format(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  return value.toFixed(size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 4)
}

function asSpread(of: Spread | number): Spread {
  return typeof of === 'number' ? { median: of, low: of, high: of } : of
}
