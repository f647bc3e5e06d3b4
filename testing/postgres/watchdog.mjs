import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { endCluster } from './processes.mjs'

// Outlives the process that started it, however that ends: the pipe to it closes then.
const [directory] = process.argv.slice(2)
process.stdin.resume().on('close', async () => {
  await endCluster(join(directory, 'data'))
  rmSync(directory, { recursive: true, force: true })
})
