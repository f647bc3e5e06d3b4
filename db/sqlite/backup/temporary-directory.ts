import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'

const NAME = /^\.rekindle-unfinished-(\d+)-/
const mine = new Set<string>()

/**
 * Runs `work` with the path of a file that it may create in a new private directory under `beside`, and removes the
 * directory afterwards. `work` moves the file to its final name on the same file system. Directories that killed processes
 * left behind are removed first.
 */
export async function withTemporaryDirectory<T>(
  beside: string,
  work: (unfinished: string) => Promise<T>,
): Promise<T> {
  removeAbandoned(beside)
  const directory = mkdtempSync(join(beside, `.rekindle-unfinished-${process.pid}-`))
  mine.add(basename(directory))
  try {
    return await work(join(directory, 'database'))
  } finally {
    rmSync(directory, { recursive: true, force: true })
    mine.delete(basename(directory))
  }
}

function removeAbandoned(beside: string): void {
  for (const name of readdirSync(beside)) {
    const [, maker] = NAME.exec(name) ?? []
    if (maker === undefined || mine.has(name) || isRunningElsewhere(Number(maker))) continue
    try {
      rmSync(join(beside, name), { recursive: true, force: true })
    } catch {
      // It belongs to another user, and does no harm.
    }
  }
}

/** True if another running process has this id. In a container, each run may have the id of the run before. */
function isRunningElsewhere(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return Object(error).code !== 'ESRCH'
  }
}
