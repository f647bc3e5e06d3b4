import { lstatSync, readdirSync } from 'node:fs'
import { join, sep } from 'node:path'

/**
 * Lists the paths at which the files of a folder are served, such as `/.well-known/security.txt`, in order. The list is empty if
 * there is no such folder.
 */
export function publicFiles(folder: string): string[] {
  return readPaths(folder)
    .filter((path) => !lstatSync(join(folder, path)).isDirectory())
    .map((path) => `/${path.split(sep).join('/')}`)
    .sort()
}

/** Of everything below the folder, from there. Without `Dirent.parentPath`, which Node has since 20.12. */
function readPaths(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
