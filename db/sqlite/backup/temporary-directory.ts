import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'

const NAME = /^\.rekindle-unfinished-(\d+)-/
const mine = new Set<string>()

/**
 * Lets `work` make a file in a directory of its own, into which nobody else can look, beside the place where the file is
 * to go: `work` moves it there, and nothing else stays. What a process that was killed left behind there goes first.
 */
export async function withTemporaryDirectory<T>(
  beside: string,
  work: (unfinished: string) => Promise<T>,
): Promise<T> {
  removeLeftOnes(beside)
  const directory = mkdtempSync(join(beside, `.rekindle-unfinished-${process.pid}-`))
  mine.add(basename(directory))
  try {
    return await work(join(directory, 'database'))
  } finally {
    rmSync(directory, { recursive: true, force: true })
    mine.delete(basename(directory))
  }
}

function removeLeftOnes(beside: string): void {
  for (const name of readdirSync(beside)) {
    const [, maker] = NAME.exec(name) ?? []
    if (maker === undefined || mine.has(name) || isAnothers(Number(maker))) continue
    try {
      rmSync(join(beside, name), { recursive: true, force: true })
    } catch {
      // Another user's. It stands in nobody's way.
    }
  }
}

/** Whether another living process bears this number. In containers each run may have the number of the one before. */
function isAnothers(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return Object(error).code !== 'ESRCH'
  }
}
