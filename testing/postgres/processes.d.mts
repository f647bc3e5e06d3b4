/** Signals the postmaster that serves `dataDirectory`, and every process of its. Nothing if there is none. */
export function signalCluster(dataDirectory: string, signal: NodeJS.Signals): void

/** Signals the postmaster alone: what it does of the signal is PostgreSQL's own. */
export function signalPostmaster(dataDirectory: string, signal: NodeJS.Signals): void

/** Kills every process of it, and resolves when they are gone. */
export function killCluster(dataDirectory: string): Promise<void>

/** Ends whatever runs on `dataDirectory`, stopped processes and shared memory included. */
export function endCluster(dataDirectory: string): Promise<void>
