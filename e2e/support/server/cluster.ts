import { type Cluster, startCluster } from '@/testing/postgres/cluster'

let shared: Promise<Cluster> | undefined

/** Starts one PostgreSQL for all fleets of this process, on first use. It ends with the process. */
export function sharedCluster(): Promise<Cluster> {
  shared ??= startCluster()
  return shared
}
