import { type LoadRequest, runLoad } from './load'
import type { BenchServer } from './server'

/** A server and what is requested of it. */
export interface Variant {
  readonly name: string
  readonly server: Pick<BenchServer, 'port' | 'cpuSeconds' | 'freeze' | 'wake'>
  readonly next: (index: number) => LoadRequest
  /** Counts in the database what requests have done so far. Each request of a round has to add one. */
  readonly count?: () => number | Promise<number>
}

/** What the rounds of a variant measured, a value a round. */
export interface Measured {
  readonly requestsPerSecond: number[]
  /** Milliseconds of the server's CPU a request. */
  readonly cpuMs: number[]
  /** Milliseconds of this program's CPU a request. */
  readonly loadCpuMs: number[]
  readonly p50: number[]
  readonly p99: number[]
}

export interface Rounds {
  readonly warmUp: number
  readonly rounds: number
  readonly perRound: number
}

/** How many requests a server gets after each awakening, before it is measured. */
const SETTLE = 100

/** How long a benchmark measures, in requests and rounds. */
export function roundsOf({ quick }: { readonly quick: boolean }): Rounds {
  return quick
    ? { warmUp: 200, rounds: 3, perRound: 200 }
    : { warmUp: 5000, rounds: 9, perRound: 2000 }
}

/**
 * Measures variants in turn, round by round, beginning each round with another one. One server is awake at a time. Throws if
 * requests did not do in the database what they should.
 */
export async function measureRounds(
  variants: readonly Variant[],
  { warmUp, rounds, perRound }: Rounds,
): Promise<ReadonlyMap<string, Measured>> {
  const results = new Map<string, Measured>()
  for (const { server } of variants) server.freeze()
  for (const { name, server, next } of variants) {
    results.set(name, { requestsPerSecond: [], cpuMs: [], loadCpuMs: [], p50: [], p99: [] })
    console.log(`warming up: ${name} …`)
    server.wake()
    await runLoad(server.port, warmUp, next)
    server.freeze()
  }
  for (let round = 0; round < rounds; round++) {
    console.log(`round ${round + 1} of ${rounds} …`)
    const first = round % variants.length
    for (const variant of [...variants.slice(first), ...variants.slice(0, first)]) {
      await measureOnce(variant, perRound, results.get(variant.name))
    }
  }
  for (const { server } of variants) server.wake()
  return results
}

async function measureOnce(
  { name, server, next, count }: Variant,
  perRound: number,
  result: Measured | undefined,
): Promise<void> {
  server.wake()
  await runLoad(server.port, SETTLE, next)
  const counted = await count?.()
  const [cpu, own] = [server.cpuSeconds(), process.cpuUsage()]
  const { requestsPerSecond, p50, p99 } = await runLoad(server.port, perRound, next)
  const spent = process.cpuUsage(own)
  result?.requestsPerSecond.push(requestsPerSecond)
  result?.cpuMs.push(((server.cpuSeconds() - cpu) * 1000) / perRound)
  result?.loadCpuMs.push((spent.user + spent.system) / 1000 / perRound)
  result?.p50.push(p50)
  result?.p99.push(p99)
  if (count && counted !== undefined) {
    const done = (await count()) - counted
    if (done !== perRound) throw new Error(`${name}: the database counts ${done}, not ${perRound}`)
  }
  server.freeze()
}
