import { createServer } from 'node:net'

const taken = new Set()

/**
 * Finds a free port of 127.0.0.1, and never returns a port twice in one process. It lies below 32,768, where Linux begins to
 * give ports to outgoing connections, so it stays free while a server restarts.
 */
export async function findFreePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (taken.has(port)) continue
    taken.add(port)
    if (await isFree(port)) return port
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
