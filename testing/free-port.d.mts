/** Finds a free port of 127.0.0.1. Never returns a port twice in one process. */
export function findFreePort(): Promise<number>
