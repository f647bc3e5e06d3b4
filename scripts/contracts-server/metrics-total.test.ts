import { Counter, Gauge, Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { createMetricsTotal } from './metrics-total'

/** The samples of a process that has counted `events` and holds `open` connections. */
function samplesOf(events: number, open: number) {
  const registry = new Registry()
  const registers = [registry]
  new Counter({ name: 'events', help: 'Events', registers, labelNames: ['kind'] }).inc(
    { kind: 'a' },
    events,
  )
  new Gauge({ name: 'open', help: 'Connections', registers }).set(open)
  return registry.getMetricsAsJSON()
}

/** The total as lines, without comments. */
async function linesOf(total: ReturnType<typeof createMetricsTotal>): Promise<string[]> {
  return (await total.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

describe('the total of the metrics', () => {
  it('adds up the latest values of each process', async () => {
    const total = createMetricsTotal()
    total.record(1, await samplesOf(1, 5))
    total.record(1, await samplesOf(2, 3))
    total.record(2, await samplesOf(40, 4))
    expect(await linesOf(total)).toEqual(['events{kind="a"} 42', 'open 7'])
  })

  it('keeps what processes that have ended counted, and nothing else of them', async () => {
    const total = createMetricsTotal()
    for (const process of [1, 2, 3]) total.record(process, await samplesOf(10 ** process, 1))
    await total.retire(1)
    await total.retire(2)
    expect(await linesOf(total)).toEqual(['events{kind="a"} 1110', 'open 1'])
  })

  it('is empty without processes', async () => {
    const total = createMetricsTotal()
    await total.retire(1)
    expect(await linesOf(total)).toEqual([])
  })
})
