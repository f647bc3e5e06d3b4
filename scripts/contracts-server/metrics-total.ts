import { AggregatorRegistry, type Registry } from 'prom-client'
import type { MetricSamples } from '@/server/telemetry/metrics'

/** The metrics of several processes, added up. */
export interface MetricsTotal {
  /** Takes the latest values of a process. */
  record(process: number, samples: MetricSamples): void
  /**
   * Keeps what a process that has ended counted, as far as it is known, and forgets the rest. A total that fell would look to
   * Prometheus as if every process had begun again, and it would count the others' events twice.
   */
  retire(process: number): Promise<void>
  /** The total in Prometheus's text format. */
  text(): Promise<string>
}

/** These only grow while a process runs. */
const COUNTED = ['counter', 'histogram']

export function createMetricsTotal(): MetricsTotal {
  const latest = new Map<number, MetricSamples>()
  let retired: MetricSamples = []
  return {
    record: (process, samples) => void latest.set(process, samples),
    async retire(process) {
      const last = latest.get(process)
      latest.delete(process)
      if (last === undefined) return
      const counted = last.filter(({ type }) => COUNTED.includes(String(type)))
      retired = await sum([retired, counted]).getMetricsAsJSON()
    },
    text: () => sum([...latest.values(), retired]).metrics(),
  }
}

function sum(all: readonly MetricSamples[]): Registry {
  return AggregatorRegistry.aggregate(all.map((samples) => [...samples]))
}
