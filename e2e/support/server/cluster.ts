import { type Cluster, startCluster } from '@/testing/postgres/cluster'

let shared: Promise<Cluster> | undefined

/** One PostgreSQL for all fleets of this process. It goes with the process. */
export function sharedCluster(): Promise<Cluster> {
  shared ??= startCluster()
  return shared
}
