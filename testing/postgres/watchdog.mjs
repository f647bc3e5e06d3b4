import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { endCluster } from './processes.mjs'

// Ends the server and removes its directory when the process that started it ends, however that happens: standard input,
// a pipe from that process, then closes.
const [directory] = process.argv.slice(2)
process.stdin.resume().on('close', async () => {
  await endCluster(join(directory, 'data'))
  rmSync(directory, { recursive: true, force: true })
})
