import { closeSync, linkSync, openSync, renameSync, rmSync } from 'node:fs'

/** Codes of link(2) on file systems without hard links: FAT, and many network mounts. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']

/**
 * Moves a file to another name on the same file system, and overwrites nothing.
 * @throws Error with code EEXIST if the name is taken, or the code of link(2) or rename(2).
 */
export function moveNoOverwrite(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (error) {
    if (!NO_LINKS.includes(Object(error).code)) throw error
    // rename(2) overwrites its target, so an empty file reserves the name first.
    closeSync(openSync(to, 'wx'))
    renameSync(from, to)
    return
  }
  rmSync(from)
}
