import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { findFreePort } from '@/testing/free-port.mjs'

/** A production server under test. */
export interface BenchServer {
  readonly port: number
  /** Seconds of CPU that the process has used so far. */
  cpuSeconds(): number
  /** Bytes of heap in use after a forced collection. */
  heapBytes(): Promise<number>
  stop(): Promise<void>
}

/** Starts a production build on a free port, with a probe for its heap, and waits until it is ready. */
export async function startServer(
  folder: string,
  env: Record<string, string>,
): Promise<BenchServer> {
  const port = await findFreePort()
  const probe = new URL('./heap-probe.mjs', import.meta.url).pathname
  const child = spawn('node', ['node_modules/next/dist/bin/next', 'start', '-p', String(port)], {
    cwd: folder,
    env: {
      ...process.env,
      ...env,
      PORT: String(port),
      NODE_OPTIONS: `--expose-gc --import ${probe}`,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await until(async () => (await fetch(`http://127.0.0.1:${port}/api/health/ready`)).ok, child)
  return {
    port,
    cpuSeconds: () => cpuSeconds(child.pid ?? 0),
    heapBytes: () =>
      new Promise((resolve) => {
        child.once('message', (bytes) => resolve(Number(bytes)))
        child.send('heap')
      }),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.kill('SIGKILL')
      }),
  }
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function until(holds: () => Promise<boolean>, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`)
    if (await holds().catch(() => false)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
