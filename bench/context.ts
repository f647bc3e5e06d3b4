import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, startCluster } from '@/testing/postgres/cluster'
import { type BuildName, buildProduct } from './builds'
import type { Options } from './options'
import type { Report } from './report'

/** What every part of the benchmark works with. */
export interface BenchContext {
  readonly options: Options
  readonly report: Report
  /** A folder for databases, removed at the end of the run. */
  readonly folder: string
  /** The folder of a production build of this tree, made at the first call. */
  build(name: BuildName): string
  /** A PostgreSQL server that syncs its writes to this disk, started at the first call. */
  postgres(): Promise<Cluster>
  /** Ends the PostgreSQL server, if there is one. */
  dispose(): Promise<void>
}

export function createContext(options: Options, report: Report): BenchContext {
  const builds = new Map<string, string>()
  let cluster: Promise<Cluster> | undefined
  return {
    options,
    report,
    folder: mkdtempSync(join(tmpdir(), 'rekindle-bench-')),
    build(name) {
      const made = builds.get(name) ?? buildProduct(name, options.keepBuilds)
      builds.set(name, made)
      return made
    },
    postgres() {
      cluster ??= startCluster({ fsync: true, settings: { shared_buffers: '256MB' } })
      return cluster
    },
    async dispose() {
      await (await cluster)?.dispose()
    },
  }
}
