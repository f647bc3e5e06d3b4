import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The path of a `file:` URL. `file:.data/rekindle.db` is relative to the working directory.
 * @throws Error that names DATABASE_URL if the URL names no file, or has options.
 */
export function sqliteFile(url: string): string {
  const path = url.slice('file:'.length)
  if (path === '' || path.includes('?') || path.includes(':memory:')) {
    throw new Error('DATABASE_URL: must name a file, without options: file:.data/rekindle.db')
  }
  return path.startsWith('//') ? fileURLToPath(url) : resolve(path)
}
