/** Signals the postmaster that serves `dataDirectory`, and each of its processes. Does nothing if there is none. */
export function signalCluster(dataDirectory: string, signal: NodeJS.Signals): void

/** Signals the postmaster only, which handles the signal as PostgreSQL documents it. */
export function signalPostmaster(dataDirectory: string, signal: NodeJS.Signals): void

/** Kills every process of the server, and resolves when they are gone. */
export function killCluster(dataDirectory: string): Promise<void>

/** Ends every process that runs on `dataDirectory`, stopped ones included, and frees its shared memory. */
export function endCluster(dataDirectory: string): Promise<void>
