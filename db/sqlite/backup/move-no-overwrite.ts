import { closeSync, linkSync, openSync, renameSync, rmSync } from 'node:fs'

/** What file systems without hard links say (FAT, many that are mounted over a network): link(2). */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/** Moves a file to another name on the same file system. Throws EEXIST where that is taken: nothing is overwritten. */
export function moveNoOverwrite(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    if (!NO_LINKS.includes(Object(error).code)) throw error
    // A rename overwrites whatever has the name by then: let that be nothing but our own empty file.
    closeSync(openSync(to, 'wx'))
    renameSync(from, to)
    return
  }
  rmSync(from)
}
