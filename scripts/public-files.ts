import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/**
 * Lists the paths at which the files of a folder are served, such as `/.well-known/security.txt`, in order. The list is empty if
 * there is no such folder.
 */
export function publicFiles(folder: string): string[] {
  const entries = readEntries(folder)
  const files = entries.filter((entry) => !entry.isDirectory())
  return files
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .map((path) => `/${path.split(sep).join('/')}`)
    .sort()
}

function readEntries(folder: string) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
