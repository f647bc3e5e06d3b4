import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeBuilds } from './builds'
import { makeJars, rotating } from './jars'
import { APP_ORIGIN, runLoad } from './load'
import { startServer } from './server'

// Checks that memory and the write-ahead log stay bounded. It compares the heap after a forced collection at 5,000 and at 20,000
// refreshes, each made by middleware before a page.
const FIRST = 5000
const LAST = 20_000
const MAX_GROWTH = 1.1
const MAX_WAL_MIB = 32

const folder = mkdtempSync(join(tmpdir(), 'rekindle-heap-'))
const file = join(folder, 'heap.db')
const env = {
  APP_ORIGIN,
  DATABASE_URL: `file:${file}`,
  ACCESS_TOKEN_SECRET: 'bench-access-token-secret-32-characters',
  REFRESH_TOKEN_SECRET: 'bench-refresh-token-secret-32-characters',
  REFRESH_GRACE: '0',
}
Object.assign(process.env, env)

const server = await startServer(makeBuilds().product, env)
try {
  const jars = await makeJars(1000)
  const next = rotating(jars, 'GET', '/dashboard')
  await runLoad(server.port, FIRST, next)
  const before = await server.heapBytes()
  await runLoad(server.port, LAST - FIRST, next)
  const after = await server.heapBytes()
  const wal = statSync(`${file}-wal`).size / 2 ** 20
  console.log(
    `heap after ${FIRST}: ${mib(before)} MiB, after ${LAST}: ${mib(after)} MiB, × ${(after / before).toFixed(3)} (<= ${MAX_GROWTH})`,
  )
  console.log(`WAL: ${wal.toFixed(1)} MiB (<= ${MAX_WAL_MIB})`)
  if (after / before > MAX_GROWTH || wal > MAX_WAL_MIB) process.exitCode = 1
} finally {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1)
}
